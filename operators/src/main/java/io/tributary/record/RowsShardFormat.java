package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Downstream.RowsShard}. */
public final class RowsShardFormat implements WireFormat<Downstream.RowsShard> {
    private static final long serialVersionUID = 1;

    private final ShardIdFormat shards = new ShardIdFormat();
    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<Downstream.RowsShard> type() {
        return Downstream.RowsShard.class;
    }

    @Override
    public void write(Downstream.RowsShard shard, DataOutputView out) throws IOException {
        shards.write(shard.shard(), out);
        sources.write(shard.source(), out);
        out.writeLong(shard.round());
        Wire.writeInts(shard.rows(), out);
        Wire.writeFloats(shard.values(), out);
    }

    @Override
    public Downstream.RowsShard read(int version, DataInputView in) throws IOException {
        return new Downstream.RowsShard(
                shards.read(1, in), sources.read(1, in), in.readLong(), Wire.readInts(in), Wire.readFloats(in));
    }
}
