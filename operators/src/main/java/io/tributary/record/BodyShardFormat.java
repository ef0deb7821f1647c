package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Downstream.BodyShard}. */
public final class BodyShardFormat implements WireFormat<Downstream.BodyShard> {
    private static final long serialVersionUID = 1;

    private final ShardIdFormat shards = new ShardIdFormat();

    @Override
    public Class<Downstream.BodyShard> type() {
        return Downstream.BodyShard.class;
    }

    @Override
    public void write(Downstream.BodyShard shard, DataOutputView out) throws IOException {
        shards.write(shard.shard(), out);
        out.writeLong(shard.round());
        Wire.writeFloats(shard.values(), out);
    }

    @Override
    public Downstream.BodyShard read(int version, DataInputView in) throws IOException {
        return new Downstream.BodyShard(shards.read(1, in), in.readLong(), Wire.readFloats(in));
    }
}
