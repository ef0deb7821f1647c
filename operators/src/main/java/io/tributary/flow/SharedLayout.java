package io.tributary.flow;

import io.tributary.merge.Merging;
import io.tributary.merge.Sharding;
import io.tributary.model.Initializer;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.ShardId;
import io.tributary.record.TensorId;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensors leave the sources, how each is cut into shards, and what it begins with.
 *
 * <p>Where nothing is shared there is still one tensor, without values: its updates are the barrier of the rounds.
 *
 * @param tableRows rows of a shared token embedding; a vocabulary that came out smaller leaves the last ones alone
 * @param seed of the initial values
 */
record SharedLayout(ModelShape shape, Merging merging, int tableRows, long seed) implements Serializable {
    /** In place of the source's name in the initial values of shared embeddings. */
    private static final String EVERYONE = "";

    SharedLayout {
        if (tableRows < 1) {
            throw new IllegalArgumentException("A token embedding has at least one row, not " + tableRows);
        }
    }

    /** All of them, those first that are merged in every round. */
    List<TensorId> tensors() {
        List<TensorId> tensors = new ArrayList<>();
        for (Quantity quantity : Quantity.values()) {
            if (merging.every(quantity) > 0) {
                for (ParameterGroup group : ParameterGroup.values()) {
                    if (merging.variant().shared().contains(group) && values(group) > 0) {
                        tensors.add(new TensorId(group, quantity));
                    }
                }
            }
        }
        return tensors.isEmpty() ? List.of(TensorId.parameters(ParameterGroup.BODY)) : tensors;
    }

    /** Those that are merged at the end of a round. */
    List<TensorId> mergedIn(long round) {
        return tensors().stream()
                .filter(tensor -> merging.merges(tensor.quantity(), round))
                .toList();
    }

    /** Those that a round starts from, apart from what the sources have of their own. */
    List<TensorId> startOf(long round) {
        return round == 0
                ? tensors().stream()
                        .filter(tensor -> tensor.quantity() == Quantity.PARAMETERS)
                        .toList()
                : mergedIn(round - 1);
    }

    /** Whether a source sends and gets only those rows of a tensor that it holds. */
    boolean byRows(TensorId tensor) {
        return merging.variant().byRows() && tensor.group() == ParameterGroup.TOKENS;
    }

    /** Sizes of the tensors that everyone has whole, by tensor. */
    Map<TensorId, Long> sizes(List<TensorId> tensors) {
        Map<TensorId, Long> sizes = new LinkedHashMap<>();
        for (TensorId tensor : tensors) {
            if (!byRows(tensor) && sharding(tensor).parameters() > 0) {
                sizes.put(tensor, sharding(tensor).parameters());
            }
        }
        return sizes;
    }

    Sharding sharding(TensorId tensor) {
        int size = byRows(tensor) ? rowsOfAShard() * shape.width() : merging.shardValues();
        return new Sharding(merging.variant().shared().contains(tensor.group()) ? values(tensor.group()) : 0, size);
    }

    /** Rows of a shard of a tensor that goes by rows; whole ones, so at least one. */
    int rowsOfAShard() {
        return Math.max(1, merging.shardValues() / shape.width());
    }

    private long values(ParameterGroup group) {
        return switch (group) {
            case BODY -> shape.bodyParameters();
            case TOKENS -> shape.tokenParameters(tableRows);
            case POSITIONS -> shape.positionParameters();
        };
    }

    /** What a shard holds when a round starts from initial values: parameters are drawn, moments are zeros. */
    float[] initial(ShardId id, long round) {
        Sharding sharding = sharding(id.tensor());
        float[] values = new float[sharding.length(id.index())];
        if (id.tensor().quantity() == Quantity.PARAMETERS && values.length > 0) {
            long from = sharding.start(id.index());
            switch (id.tensor().group()) {
                case BODY -> Initializer.body(shape, seed, from, values);
                case TOKENS -> Initializer.tokens(EVERYONE, seed, merging.epoch(round), from, values);
                case POSITIONS -> Initializer.positions(EVERYONE, seed, from, values);
            }
        }
        return values;
    }

    /** Whether a shard begins anew with this round: embeddings, and what optimizers remember of them. */
    boolean beginsAnew(ShardId id, long round) {
        return id.tensor().group() == ParameterGroup.TOKENS && merging.epoch(round) != merging.epoch(round - 1);
    }
}
