package io.tributary.flow;

import io.tributary.record.ShardId;
import io.tributary.record.ShardRequest;
import io.tributary.record.TensorId;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** Tells the outer step which rows of the shared token embeddings a source holds, so that these come to it (TRIM). */
final class RowRequests {
    private final SharedLayout layout;
    private final Outlet outlet;

    RowRequests(SharedLayout layout, Outlet outlet) {
        this.layout = layout;
        this.outlet = outlet;
    }

    /** Asks for all rows of a source at once. */
    void all(TrainedSource source) {
        request(source, true, 0, index -> true);
    }

    /** Asks for the rows of the shards in which a source has grown, from a round on. */
    void grown(TrainedSource source, int[] growth, long fromRound) {
        Set<Integer> shards = Arrays.stream(growth)
                .mapToObj(row -> row / layout.rowsOfAShard())
                .collect(Collectors.toSet());
        request(source, true, fromRound, shards::contains);
    }

    /** Says that a source holds nothing any more. */
    void none(TrainedSource source) {
        request(source, false, 0, index -> true);
    }

    private void request(TrainedSource source, boolean holds, long fromRound, IntPredicate wanted) {
        source.rows().ifPresent(rows -> {
            for (TensorId tensor : layout.tensors()) {
                for (int index = 0;
                        layout.byRows(tensor) && index < layout.sharding(tensor).count();
                        index++) {
                    if (rows.count(index) > 0 && wanted.test(index)) {
                        ShardId shard = new ShardId(tensor, index);
                        int[] held = holds ? rows.in(index) : new int[0];
                        outlet.request(new ShardRequest.Rows(shard, source.id(), held, fromRound));
                    }
                }
            }
        });
    }
}
