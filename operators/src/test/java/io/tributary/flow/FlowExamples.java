package io.tributary.flow;

import io.tributary.merge.ShardSum;
import io.tributary.record.Golden;
import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.SourceId;
import io.tributary.record.Standing;
import io.tributary.record.TensorId;
import io.tributary.round.SourceRound;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The records in the golden files of this package's formats. A line that is here stays as it is. */
public final class FlowExamples {
    private static final SourceId SOURCE = new SourceId("de", 312);
    private static final SourceId OTHER = new SourceId("zürich/ß", -7);
    private static final ShardId SHARD = new ShardId(TensorId.parameters(ParameterGroup.TOKENS), 3);

    private static final OuterShard OUTER_SHARD = new OuterShard(
            1L << 33,
            new float[] {1, -0f, Float.MIN_VALUE},
            new float[][] {{1, 2, 3}, {4, 5, Float.NaN}},
            new TreeMap<>(Map.of(SOURCE, new int[] {0, 2}, OTHER, new int[] {1})));
    private static final OuterShard LONELY_SHARD =
            new OuterShard(0, new float[] {0.5f}, new float[0][], new TreeMap<>());

    private FlowExamples() {}

    /** One for each format of this package. */
    public static List<Golden<?>> all() {
        return List.of(
                Golden.of(
                        new BootstrapTextFormat(),
                        new BootstrapText.Text(SOURCE, "Grüße \uD83C\uDF0A"),
                        new BootstrapText.End(OTHER)),
                Golden.of(new OuterShardFormat(), OUTER_SHARD, LONELY_SHARD).version(2, OUTER_SHARD, LONELY_SHARD),
                Golden.of(new IntakeFormat(), new Intake(1, 1L << 33, 3, 4, 5, 6)),
                Golden.of(new TrainedFormat(), new Trained(SOURCE, Standing.PAUSED, 1L << 34, 2, 3, 4)),
                Golden.of(new PackingFormat(), new Packing(new int[] {2, 50_000}, 1L << 33)),
                Golden.of(
                        new ShardSumFormat(),
                        new ShardSum(),
                        new ShardSum(
                                SHARD,
                                1L << 33,
                                new TreeSet<>(Set.of(SOURCE, OTHER)),
                                new int[] {2, 9},
                                new long[] {1L << 30, 3L << 30},
                                new long[] {1L << 40, -1, Long.MAX_VALUE, 0})),
                Golden.of(
                        new SourceRoundFormat(),
                        new SourceRound(SOURCE, SourceRound.Status.ACTIVE, 6, 7, 8, 3, 1L << 33, true),
                        new SourceRound(OTHER, SourceRound.Status.DORMANT, 6, -1, -1, 0, 0, false)));
    }
}
