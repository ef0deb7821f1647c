package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link ShardRequest}. */
public final class ShardRequestFormat implements WireFormat<ShardRequest> {
    private static final long serialVersionUID = 1;

    private static final int EVERYONES = 0;
    private static final int ROWS = 1;

    private final ShardIdFormat shards = new ShardIdFormat();
    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<ShardRequest> type() {
        return ShardRequest.class;
    }

    @Override
    public void write(ShardRequest request, DataOutputView out) throws IOException {
        shards.write(request.shard(), out);
        if (request instanceof ShardRequest.Everyones everyones) {
            out.writeByte(EVERYONES);
            out.writeInt(everyones.subtask());
            out.writeInt(everyones.attempt());
        } else if (request instanceof ShardRequest.Rows rows) {
            out.writeByte(ROWS);
            sources.write(rows.source(), out);
            Wire.writeInts(rows.rows(), out);
            out.writeLong(rows.fromRound());
        }
    }

    @Override
    public ShardRequest read(int version, DataInputView in) throws IOException {
        ShardId shard = shards.read(1, in);
        int tag = in.readByte();
        return switch (tag) {
            case EVERYONES -> new ShardRequest.Everyones(shard, in.readInt(), in.readInt());
            case ROWS -> new ShardRequest.Rows(shard, sources.read(1, in), Wire.readInts(in), in.readLong());
            default -> throw Wire.unknownTag("request", tag);
        };
    }
}
