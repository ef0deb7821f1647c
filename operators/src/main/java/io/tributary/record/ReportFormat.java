package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Reports on the wire. Its versions are those of {@link RoundReportFormat}. */
public final class ReportFormat implements WireFormat<Report> {
    private static final long serialVersionUID = 1;
    private static final int ROUND = 0;
    private static final int SAMPLE = 1;

    private final RoundReportFormat rounds = new RoundReportFormat();

    @Override
    public Class<Report> type() {
        return Report.class;
    }

    @Override
    public int version() {
        return rounds.version();
    }

    @Override
    public void write(Report report, DataOutputView out) throws IOException {
        if (report instanceof RoundReport round) {
            out.writeByte(ROUND);
            rounds.write(round, out);
        } else if (report instanceof Sample sample) {
            out.writeByte(SAMPLE);
            out.writeLong(sample.round());
            Wire.writeText(sample.source(), out);
            Wire.writeText(sample.prompt(), out);
            Wire.writeText(sample.text(), out);
            out.writeInt(sample.tokens());
            out.writeBoolean(sample.ended());
        }
    }

    @Override
    public Report read(int version, DataInputView in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case ROUND -> rounds.read(version, in);
            case SAMPLE ->
                new Sample(
                        in.readLong(),
                        Wire.readText(in),
                        Wire.readText(in),
                        Wire.readText(in),
                        in.readInt(),
                        in.readBoolean());
            default -> throw Wire.unknownTag("report", tag);
        };
    }
}
