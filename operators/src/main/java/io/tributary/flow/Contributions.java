package io.tributary.flow;

import io.tributary.merge.Sharding;
import io.tributary.merge.Weighting;
import io.tributary.model.SharedParameters;
import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.TensorId;
import io.tributary.round.Action;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what a source has learnt, shard by shard. */
final class Contributions {
    /**
     * A parameter that a round has moved by more is not sent: nothing good comes of it, and sums of a thousand sources
     * stay within the range of fixed point.
     */
    static final double LARGEST_CHANGE = 1 << 12;

    private static final Logger LOG = LoggerFactory.getLogger(Contributions.class);

    private final TrainingSettings settings;
    private final SharedLayout layout;
    private final Outlet outlet;

    Contributions(TrainingSettings settings, SharedLayout layout, Outlet outlet) {
        this.settings = settings;
        this.layout = layout;
        this.outlet = outlet;
    }

    /**
     * Sends all shards of a contribution. The window of every shard sees every contributor, so a source sends a shard
     * even if it has nothing for it.
     *
     * @return whether it counts; what is not finite does not
     */
    boolean send(TrainedSource source, SharedParameters base, Action.Contribute contribution) {
        double change = settings.merging().variant().shared().isEmpty()
                ? 0
                : source.model().largestChange(base);
        boolean moved = source.tally().steps() > source.tally().rejected();
        boolean sound = moved && change <= LARGEST_CHANGE;
        if (!sound) {
            LOG.error(
                    "Source {}: round {} changed a parameter by {} in {} steps, of which {} had gradients that are not finite. That counts in no mean. A lower learning rate may help; look at the source's text and its loss",
                    source.id(),
                    contribution.round(),
                    change,
                    source.tally().steps(),
                    source.tally().rejected());
        }
        for (TensorId tensor : layout.mergedIn(contribution.round())) {
            for (int index = 0; index < layout.sharding(tensor).count(); index++) {
                ShardId shard = new ShardId(tensor, index);
                ShardUpdate update = sound
                        ? update(source, base, contribution, shard)
                        : ShardUpdate.nothing(shard, source.id(), contribution.round(), base.round());
                outlet.update(update);
                source.traffic().sent(update, layout.byRows(tensor));
            }
        }
        return sound;
    }

    private ShardUpdate update(
            TrainedSource source, SharedParameters base, Action.Contribute contribution, ShardId shard) {
        int[] rows = {0};
        float[] values;
        if (layout.byRows(shard.tensor())) {
            HeldRows held = source.rows()
                    .orElseThrow(() -> new IllegalStateException("Source " + source.id() + " holds no rows"));
            rows = held.in(shard.index());
            values = new float[rows.length * layout.shape().width()];
            source.model().deltaRows(base, shard.tensor(), held.ownIds(shard.index(), rows), values);
        } else {
            values = whole(source, base, shard);
        }
        float scale = shard.tensor().quantity().scale();
        for (int i = 0; scale != 1 && i < values.length; i++) {
            values[i] *= scale;
        }
        return values.length == 0
                ? ShardUpdate.nothing(shard, source.id(), contribution.round(), base.round())
                : new ShardUpdate(
                        shard, source.id(), contribution.round(), base.round(), weight(contribution), rows, values);
    }

    /** All of a shard; of rows beyond the source's vocabulary there is no change. */
    private float[] whole(TrainedSource source, SharedParameters base, ShardId shard) {
        Sharding sharding = layout.sharding(shard.tensor());
        float[] values = new float[sharding.length(shard.index())];
        if (values.length == 0) {
            return values;
        }
        long from = sharding.start(shard.index());
        ParameterGroup group = shard.tensor().group();
        int there = (int) Math.max(0, Math.min(values.length, source.model().elements(group) - from));
        float[] own = there == values.length ? values : new float[there];
        if (there > 0) {
            source.model().delta(base, shard.tensor(), from, own);
        }
        if (own != values) {
            System.arraycopy(own, 0, values, 0, there);
        }
        return values;
    }

    /** One for a full round of a source with the model's own sequence length. */
    private double weight(Action.Contribute contribution) {
        if (settings.merging().weighting() == Weighting.EQUAL) {
            return 1;
        }
        double fullRound = (double) settings.rounds().localSteps()
                * settings.batchRows()
                * settings.shape().sequenceLength();
        return contribution.tokens() / fullRound;
    }
}
