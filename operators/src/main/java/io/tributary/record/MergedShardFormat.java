package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link MergedShard}. */
public final class MergedShardFormat implements WireFormat<MergedShard> {
    private static final long serialVersionUID = 1;

    private final ShardIdFormat shards = new ShardIdFormat();

    @Override
    public Class<MergedShard> type() {
        return MergedShard.class;
    }

    @Override
    public void write(MergedShard merged, DataOutputView out) throws IOException {
        shards.write(merged.shard(), out);
        out.writeLong(merged.round());
        out.writeInt(merged.contributions());
        Wire.writeInts(merged.rows(), out);
        Wire.writeFloats(merged.mean(), out);
    }

    @Override
    public MergedShard read(int version, DataInputView in) throws IOException {
        return new MergedShard(shards.read(1, in), in.readLong(), in.readInt(), Wire.readInts(in), Wire.readFloats(in));
    }
}
