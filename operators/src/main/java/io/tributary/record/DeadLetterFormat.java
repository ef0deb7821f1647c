package io.tributary.record;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Dead letters on the wire. */
public final class DeadLetterFormat implements WireFormat<DeadLetter> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<DeadLetter> type() {
        return DeadLetter.class;
    }

    @Override
    public void write(DeadLetter letter, DataOutputView out) throws IOException {
        writeOrigin(letter.origin(), out);
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
                readOrigin(in),
                Wire.readText(in),
                Wire.readText(in),
                in.readBoolean() ? Optional.of(Wire.readBytes(in)) : Optional.empty());
    }

    static void writeOrigin(Origin origin, DataOutputView out) throws IOException {
        Wire.writeText(origin.topic(), out);
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        out.writeLong(origin.timestampMs());
    }

    static Origin readOrigin(DataInputView in) throws IOException {
        return new Origin(Wire.readText(in), in.readInt(), in.readLong(), in.readLong());
    }
}
