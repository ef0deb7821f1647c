package io.tributary.flow;

import io.tributary.record.DeadLetter;
import io.tributary.record.DeadLetterFormat;
import io.tributary.record.Downstream;
import io.tributary.record.DownstreamFormat;
import io.tributary.record.Report;
import io.tributary.record.ReportFormat;
import io.tributary.record.ShardRequest;
import io.tributary.record.ShardRequestFormat;
import io.tributary.record.ShardUpdate;
import io.tributary.record.ShardUpdateFormat;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SnapshotPartFormat;
import io.tributary.record.WireType;
import org.apache.flink.util.OutputTag;

/** The side outputs of the operators. */
public final class Outputs {
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", new WireType<>(new DeadLetterFormat()));
    public static final OutputTag<ShardRequest> REQUESTS =
            new OutputTag<>("requests", new WireType<>(new ShardRequestFormat()));
    public static final OutputTag<Downstream> ANNOUNCEMENTS =
            new OutputTag<>("announcements", new WireType<>(new DownstreamFormat()));
    public static final OutputTag<Downstream> HOLDS = new OutputTag<>("holds", new WireType<>(new DownstreamFormat()));
    public static final OutputTag<Downstream> ROWS = new OutputTag<>("rows", new WireType<>(new DownstreamFormat()));
    public static final OutputTag<Report> REPORTS = new OutputTag<>("reports", new WireType<>(new ReportFormat()));
    public static final OutputTag<SnapshotPart> SNAPSHOT_PARTS =
            new OutputTag<>("snapshot-parts", new WireType<>(new SnapshotPartFormat()));
    public static final OutputTag<Trained> LEDGER = new OutputTag<>("ledger", new WireType<>(new TrainedFormat()));
    public static final OutputTag<ShardUpdate> LATE = new OutputTag<>("late", new WireType<>(new ShardUpdateFormat()));

    private Outputs() {}
}
