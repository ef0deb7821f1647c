package io.tributary.record;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Dead letters on the wire. */
public final class DeadLetterFormat implements WireFormat<DeadLetter> {
    private static final long serialVersionUID = 1;

    private final OriginFormat origins = new OriginFormat();
    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<DeadLetter> type() {
        return DeadLetter.class;
    }

    @Override
    public void write(DeadLetter letter, DataOutputView out) throws IOException {
        origins.write(letter.origin(), out);
        out.writeBoolean(letter.source().isPresent());
        if (letter.source().isPresent()) {
            sources.write(letter.source().get(), out);
        }
        Wire.writeText(letter.stage(), out);
        Wire.writeText(letter.reason(), out);
        out.writeBoolean(letter.value().isPresent());
        if (letter.value().isPresent()) {
            Wire.writeBytes(letter.value().get(), out);
        }
    }

    @Override
    public DeadLetter read(int version, DataInputView in) throws IOException {
        return new DeadLetter(
                origins.read(1, in),
                in.readBoolean() ? Optional.of(sources.read(1, in)) : Optional.empty(),
                Wire.readText(in),
                Wire.readText(in),
                in.readBoolean() ? Optional.of(Wire.readBytes(in)) : Optional.empty());
    }
}
