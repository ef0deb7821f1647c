package io.tributary.flow;

import io.tributary.record.SourceIdFormat;
import io.tributary.record.Wire;
import io.tributary.record.WireFormat;
import io.tributary.round.SourceRound;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** State format of {@link SourceRound}. */
public final class SourceRoundFormat implements WireFormat<SourceRound> {
    private static final long serialVersionUID = 1;

    private static final int ACTIVE = 0;
    private static final int DORMANT = 1;

    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<SourceRound> type() {
        return SourceRound.class;
    }

    @Override
    public void write(SourceRound round, DataOutputView out) throws IOException {
        sources.write(round.source(), out);
        out.writeByte(
                switch (round.status()) {
                    case ACTIVE -> ACTIVE;
                    case DORMANT -> DORMANT;
                });
        out.writeLong(round.lastContributedRound());
        out.writeLong(round.baseRound());
        out.writeLong(round.round());
        out.writeInt(round.steps());
        out.writeLong(round.tokens());
        out.writeBoolean(round.ended());
    }

    @Override
    public SourceRound read(int version, DataInputView in) throws IOException {
        return new SourceRound(
                sources.read(1, in),
                status(in.readByte()),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readLong(),
                in.readBoolean());
    }

    private static SourceRound.Status status(int tag) throws IOException {
        return switch (tag) {
            case ACTIVE -> SourceRound.Status.ACTIVE;
            case DORMANT -> SourceRound.Status.DORMANT;
            default -> throw Wire.unknownTag("status of a source", tag);
        };
    }
}
