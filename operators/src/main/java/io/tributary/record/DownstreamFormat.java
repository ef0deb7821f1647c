package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Downstream}. */
public final class DownstreamFormat implements WireFormat<Downstream> {
    private static final long serialVersionUID = 1;

    private static final int BODY_SHARD = 0;
    private static final int PARTICIPATION = 1;

    private final BodyShardFormat bodyShards = new BodyShardFormat();

    @Override
    public Class<Downstream> type() {
        return Downstream.class;
    }

    @Override
    public void write(Downstream record, DataOutputView out) throws IOException {
        if (record instanceof Downstream.BodyShard shard) {
            out.writeByte(BODY_SHARD);
            bodyShards.write(shard, out);
        } else if (record instanceof Downstream.Participation participation) {
            out.writeByte(PARTICIPATION);
            out.writeLong(participation.round());
        }
    }

    @Override
    public Downstream read(int version, DataInputView in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case BODY_SHARD -> bodyShards.read(1, in);
            case PARTICIPATION -> new Downstream.Participation(in.readLong());
            default -> throw Wire.unknownTag("broadcast record", tag);
        };
    }
}
