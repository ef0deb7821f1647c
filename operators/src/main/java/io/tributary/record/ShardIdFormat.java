package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link ShardId}. */
public final class ShardIdFormat implements WireFormat<ShardId> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<ShardId> type() {
        return ShardId.class;
    }

    @Override
    public void write(ShardId shard, DataOutputView out) throws IOException {
        out.writeByte(shard.tensor().group().tag());
        out.writeByte(shard.tensor().quantity().tag());
        out.writeInt(shard.index());
    }

    @Override
    public ShardId read(int version, DataInputView in) throws IOException {
        TensorId tensor = new TensorId(ParameterGroup.ofTag(in.readByte()), Quantity.ofTag(in.readByte()));
        return new ShardId(tensor, in.readInt());
    }
}
