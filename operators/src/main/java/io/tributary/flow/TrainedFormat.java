package io.tributary.flow;

import io.tributary.record.SourceIdFormat;
import io.tributary.record.Standing;
import io.tributary.record.WireFormat;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** State format of {@link Trained}. */
public final class TrainedFormat implements WireFormat<Trained> {
    private static final long serialVersionUID = 1;

    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<Trained> type() {
        return Trained.class;
    }

    @Override
    public void write(Trained trained, DataOutputView out) throws IOException {
        sources.write(trained.source(), out);
        trained.standing().write(out);
        out.writeLong(trained.tokens());
        out.writeLong(trained.bytes());
        out.writeLong(trained.queuedTokens());
        out.writeLong(trained.queuedBytes());
    }

    @Override
    public Trained read(int version, DataInputView in) throws IOException {
        return new Trained(
                sources.read(1, in), Standing.read(in), in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}
