package io.tributary.flow;

import io.tributary.merge.ShardSum;
import io.tributary.record.ShardId;
import io.tributary.record.ShardIdFormat;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.Wire;
import io.tributary.record.WireFormat;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** State format of {@link ShardSum}, the accumulator of a round's window. */
public final class ShardSumFormat implements WireFormat<ShardSum> {
    private static final long serialVersionUID = 1;

    private final ShardIdFormat shards = new ShardIdFormat();
    private final SourceIdFormat sourceIds = new SourceIdFormat();

    @Override
    public Class<ShardSum> type() {
        return ShardSum.class;
    }

    /** The window adds to it in place, while a checkpoint may still be writing what it held before. */
    @Override
    public boolean immutable() {
        return false;
    }

    @Override
    public ShardSum copy(ShardSum sum) {
        return sum.copy();
    }

    @Override
    public void write(ShardSum sum, DataOutputView out) throws IOException {
        out.writeInt(sum.sources().size());
        if (sum.isEmpty()) {
            return;
        }
        for (SourceId source : sum.sources()) {
            sourceIds.write(source, out);
        }
        shards.write(sum.shard(), out);
        out.writeLong(sum.round());
        Wire.writeInts(sum.rows(), out);
        Wire.writeLongs(sum.weights(), out);
        Wire.writeLongs(sum.sums(), out);
    }

    @Override
    public ShardSum read(int version, DataInputView in) throws IOException {
        int count = in.readInt();
        if (count == 0) {
            return new ShardSum();
        }
        SortedSet<SourceId> sources = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            sources.add(sourceIds.read(1, in));
        }
        ShardId shard = shards.read(1, in);
        return new ShardSum(shard, in.readLong(), sources, Wire.readInts(in), Wire.readLongs(in), Wire.readLongs(in));
    }
}
