package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Downstream}. */
public final class DownstreamFormat implements WireFormat<Downstream> {
    private static final long serialVersionUID = 1;

    private static final int SHARED_SHARD = 0;
    private static final int PARTICIPATION = 1;
    private static final int ROWS_SHARD = 2;
    private static final int PACE = 3;
    private static final int HOLD = 4;

    private final SharedShardFormat sharedShards = new SharedShardFormat();
    private final RowsShardFormat rowsShards = new RowsShardFormat();

    @Override
    public Class<Downstream> type() {
        return Downstream.class;
    }

    @Override
    public void write(Downstream record, DataOutputView out) throws IOException {
        if (record instanceof Downstream.SharedShard shard) {
            out.writeByte(SHARED_SHARD);
            sharedShards.write(shard, out);
        } else if (record instanceof Downstream.RowsShard rows) {
            out.writeByte(ROWS_SHARD);
            rowsShards.write(rows, out);
        } else if (record instanceof Downstream.Participation participation) {
            out.writeByte(PARTICIPATION);
            out.writeLong(participation.round());
        } else if (record instanceof Downstream.Pace pace) {
            out.writeByte(PACE);
            out.writeUTF(pace.source());
            out.writeUTF(pace.stage());
            out.writeBoolean(pace.hungry());
        } else if (record instanceof Downstream.Hold hold) {
            out.writeByte(HOLD);
            out.writeBoolean(hold.held());
        }
    }

    @Override
    public Downstream read(int version, DataInputView in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case SHARED_SHARD -> sharedShards.read(1, in);
            case PARTICIPATION -> new Downstream.Participation(in.readLong());
            case ROWS_SHARD -> rowsShards.read(1, in);
            case PACE -> new Downstream.Pace(in.readUTF(), in.readUTF(), in.readBoolean());
            case HOLD -> new Downstream.Hold(in.readBoolean());
            default -> throw Wire.unknownTag("record on the way back to Train", tag);
        };
    }
}
