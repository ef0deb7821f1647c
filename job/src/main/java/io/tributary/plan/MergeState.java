package io.tributary.plan;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.Sharding;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.ShardId;
import io.tributary.record.SourceKeys;
import io.tributary.record.TensorId;

/**
 * What Merge and OuterStep hold, by subtask, in the round that merges the most tensors.
 *
 * @param sumsP bytes of open sums: 8 for a value, and where rows are merged by themselves, 12 for each row
 * @param outerP bytes of the outer step: 4 for each parameter, momentum and merged moment
 */
record MergeState(long[] sumsP, long[] outerP) {
    /** The id of a row, and its weight. */
    private static final int ROW_BYTES = Integer.BYTES + Long.BYTES;

    static MergeState of(Layout layout) {
        int subtasks = layout.subtasks();
        MergeState state = new MergeState(new long[subtasks], new long[subtasks]);
        Merging merging = layout.settings().merging();
        for (ParameterGroup group : layout.variant().shared()) {
            for (Quantity quantity : Quantity.values()) {
                if (quantity == Quantity.PARAMETERS || merging.innerState() instanceof InnerState.Sync) {
                    state.add(layout, new TensorId(group, quantity));
                }
            }
        }
        return state;
    }

    /** Shards are keyed by their id, so a few of them need not spread evenly. Rows are never cut. */
    private void add(Layout layout, TensorId tensor) {
        long values = layout.whole().of(tensor.group());
        if (values == 0) {
            return;
        }
        Merging merging = layout.settings().merging();
        int width = layout.settings().shape().width();
        boolean byRows = layout.variant().byRows() && tensor.group() == ParameterGroup.TOKENS;
        long momenta =
                tensor.quantity() == Quantity.PARAMETERS ? merging.outer().stateArrays() : 0;
        int shardValues = byRows ? Math.max(1, merging.shardValues() / width) * width : merging.shardValues();
        Sharding sharding = new Sharding(values, shardValues);
        for (int index = 0; index < sharding.count(); index++) {
            int subtask = SourceKeys.subtask(new ShardId(tensor, index), layout.subtasks());
            long length = sharding.length(index);
            sumsP[subtask] += Long.BYTES * length + (byRows ? length / width * ROW_BYTES : 0);
            outerP[subtask] += (1 + momenta) * length * Float.BYTES;
        }
    }
}
