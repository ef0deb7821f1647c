package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Downstream.SharedShard}. */
public final class SharedShardFormat implements WireFormat<Downstream.SharedShard> {
    private static final long serialVersionUID = 1;

    private final ShardIdFormat shards = new ShardIdFormat();

    @Override
    public Class<Downstream.SharedShard> type() {
        return Downstream.SharedShard.class;
    }

    @Override
    public void write(Downstream.SharedShard shard, DataOutputView out) throws IOException {
        shards.write(shard.shard(), out);
        out.writeLong(shard.round());
        Wire.writeFloats(shard.values(), out);
    }

    @Override
    public Downstream.SharedShard read(int version, DataInputView in) throws IOException {
        return new Downstream.SharedShard(shards.read(1, in), in.readLong(), Wire.readFloats(in));
    }
}
