package io.tributary.flow;

import io.tributary.record.ShardUpdate;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Stops the job over an update of a round that has closed. Train stamps late work with a round that it has not closed,
 * so there is none; should there ever be one, work would be lost in silence without this.
 */
public final class LateUpdates extends ProcessFunction<ShardUpdate, Void> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(ShardUpdate update, Context context, Collector<Void> out) {
        throw new IllegalStateException(
                "The update of %s by %s came after round %d had closed: the round protocol is broken, please report this"
                        .formatted(update.shard(), update.source(), update.round()));
    }
}
