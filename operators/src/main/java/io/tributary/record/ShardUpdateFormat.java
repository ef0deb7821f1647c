package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link ShardUpdate}. */
public final class ShardUpdateFormat implements WireFormat<ShardUpdate> {
    private static final long serialVersionUID = 1;

    private final ShardIdFormat shards = new ShardIdFormat();
    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<ShardUpdate> type() {
        return ShardUpdate.class;
    }

    @Override
    public void write(ShardUpdate update, DataOutputView out) throws IOException {
        shards.write(update.shard(), out);
        sources.write(update.source(), out);
        out.writeLong(update.round());
        out.writeLong(update.baseRound());
        out.writeDouble(update.weight());
        Wire.writeInts(update.rows(), out);
        Wire.writeFloats(update.values(), out);
    }

    @Override
    public ShardUpdate read(int version, DataInputView in) throws IOException {
        return new ShardUpdate(
                shards.read(1, in),
                sources.read(1, in),
                in.readLong(),
                in.readLong(),
                in.readDouble(),
                Wire.readInts(in),
                Wire.readFloats(in));
    }
}
