package io.tributary.record;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.RoundReport.Traffic;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Reports of rounds on the wire. Version 2 has the operations of a token. */
public final class RoundReportFormat implements WireFormat<RoundReport> {
    private static final long serialVersionUID = 1;

    private static final int WITH_FLOPS = 2;

    @Override
    public Class<RoundReport> type() {
        return RoundReport.class;
    }

    @Override
    public int version() {
        return WITH_FLOPS;
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
        out.writeDouble(report.flopsPerToken());
        out.writeInt(report.queuedBatches());
        out.writeInt(report.traffic().size());
        for (Traffic traffic : report.traffic()) {
            out.writeByte(traffic.group().tag());
            out.writeLong(traffic.sent());
            out.writeLong(traffic.received());
            out.writeLong(traffic.framing());
        }
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
                version < WITH_FLOPS ? Double.NaN : in.readDouble(),
                in.readInt(),
                traffic(in));
    }

    private static List<Traffic> traffic(DataInputView in) throws IOException {
        Traffic[] traffic = new Traffic[in.readInt()];
        for (int i = 0; i < traffic.length; i++) {
            traffic[i] = new Traffic(ParameterGroup.ofTag(in.readByte()), in.readLong(), in.readLong(), in.readLong());
        }
        return List.of(traffic);
    }

    /** Tags of their own, so that the order of the enum's constants is free. */
    private static int tag(Participation participation) {
        return switch (participation) {
            case FULL -> 0;
            case PARTIAL -> 1;
            case LATE -> 2;
            case ABSTAINED -> 3;
            case REJECTED -> 4;
        };
    }

    private static Participation participation(int tag) throws IOException {
        return switch (tag) {
            case 0 -> Participation.FULL;
            case 1 -> Participation.PARTIAL;
            case 2 -> Participation.LATE;
            case 3 -> Participation.ABSTAINED;
            case 4 -> Participation.REJECTED;
            default -> throw Wire.unknownTag("participation", tag);
        };
    }
}
