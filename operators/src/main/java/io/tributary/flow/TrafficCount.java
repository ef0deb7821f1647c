package io.tributary.flow;

import io.tributary.record.Downstream;
import io.tributary.record.Downstream.RowsShard;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.DownstreamFormat;
import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport.Traffic;
import io.tributary.record.ShardUpdate;
import io.tributary.record.ShardUpdateFormat;
import io.tributary.record.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Bytes of a source's round on the wire, by group. Framing is what the serializer writes of a record without its arrays,
 * and the lengths of those; arrays are written as they are, so their bytes need not be written twice to be counted.
 */
final class TrafficCount {
    private static final int SENT = 0;
    private static final int RECEIVED = 1;
    private static final int FRAMING = 2;

    private final ShardUpdateFormat updates = new ShardUpdateFormat();
    private final DownstreamFormat downstream = new DownstreamFormat();
    private final long[][] bytes = new long[ParameterGroup.values().length][3];

    void sent(ShardUpdate update, boolean byRows) {
        ShardUpdate bare = ShardUpdate.nothing(update.shard(), update.source(), update.round(), update.baseRound());
        long payload = update.payloadBytes(byRows);
        long rowIds = (long) update.rows().length * Integer.BYTES;
        ParameterGroup group = update.shard().tensor().group();
        add(group, SENT, payload);
        add(group, FRAMING, length(updates, bare) + (byRows ? 0 : rowIds));
    }

    void received(SharedShard shard) {
        ParameterGroup group = shard.shard().tensor().group();
        add(group, RECEIVED, shard.payloadBytes());
        add(group, FRAMING, length(downstream, new SharedShard(shard.shard(), shard.round(), new float[0])));
    }

    void received(RowsShard shard) {
        ParameterGroup group = shard.shard().tensor().group();
        Downstream bare = new RowsShard(shard.shard(), shard.source(), shard.round(), new int[0], new float[0]);
        add(group, RECEIVED, shard.payloadBytes());
        add(group, FRAMING, length(downstream, bare));
    }

    private void add(ParameterGroup group, int what, long more) {
        bytes[group.tag()][what] += more;
    }

    private static <T> long length(WireFormat<T> format, T record) {
        DataOutputSerializer out = new DataOutputSerializer(64);
        try {
            format.write(record, out);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail: " + record, e);
        }
        return out.length();
    }

    /** What was counted since the last time. */
    List<Traffic> take() {
        List<Traffic> traffic = new ArrayList<>();
        for (ParameterGroup group : ParameterGroup.values()) {
            long[] of = bytes[group.tag()];
            if (Arrays.stream(of).sum() > 0) {
                traffic.add(new Traffic(group, of[SENT], of[RECEIVED], of[FRAMING]));
            }
            Arrays.fill(of, 0);
        }
        return traffic;
    }

    void write(DataOutputView out) throws IOException {
        for (long[] of : bytes) {
            for (long value : of) {
                out.writeLong(value);
            }
        }
    }

    void read(DataInputView in) throws IOException {
        for (long[] of : bytes) {
            for (int i = 0; i < of.length; i++) {
                of[i] = in.readLong();
            }
        }
    }
}
