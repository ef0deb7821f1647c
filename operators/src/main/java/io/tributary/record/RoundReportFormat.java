package io.tributary.record;

import io.tributary.record.RoundReport.Participation;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Reports of rounds on the wire. */
public final class RoundReportFormat implements WireFormat<RoundReport> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<RoundReport> type() {
        return RoundReport.class;
    }

    @Override
    public void write(RoundReport report, DataOutputView out) throws IOException {
        out.writeLong(report.round());
        Wire.writeText(report.source(), out);
        out.writeByte(tag(report.participation()));
        out.writeLong(report.steps());
        out.writeLong(report.tokens());
        out.writeLong(report.bytes());
        out.writeLong(report.totalTokens());
        out.writeDouble(report.trainLoss());
        out.writeDouble(report.validationBitsPerByte());
        out.writeDouble(report.unigramBitsPerByte());
        out.writeInt(report.vocabularySize());
        out.writeDouble(report.tokensPerSecond());
        out.writeInt(report.queuedBatches());
    }

    @Override
    public RoundReport read(int version, DataInputView in) throws IOException {
        return new RoundReport(
                in.readLong(),
                Wire.readText(in),
                participation(in.readByte()),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                in.readInt(),
                in.readDouble(),
                in.readInt());
    }

    /** Tags of their own, so that the order of the enum's constants is free. */
    private static int tag(Participation participation) {
        return switch (participation) {
            case FULL -> 0;
            case PARTIAL -> 1;
            case LATE -> 2;
            case ABSTAINED -> 3;
        };
    }

    private static Participation participation(int tag) throws IOException {
        return switch (tag) {
            case 0 -> Participation.FULL;
            case 1 -> Participation.PARTIAL;
            case 2 -> Participation.LATE;
            case 3 -> Participation.ABSTAINED;
            default -> throw Wire.unknownTag("participation", tag);
        };
    }
}
