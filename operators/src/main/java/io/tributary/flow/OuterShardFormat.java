package io.tributary.flow;

import io.tributary.record.Wire;
import io.tributary.record.WireFormat;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** State format of {@link OuterShard}. */
public final class OuterShardFormat implements WireFormat<OuterShard> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<OuterShard> type() {
        return OuterShard.class;
    }

    @Override
    public void write(OuterShard shard, DataOutputView out) throws IOException {
        out.writeLong(shard.round());
        Wire.writeFloats(shard.thetaN(), out);
        out.writeInt(shard.momentaKN().length);
        for (float[] momentumN : shard.momentaKN()) {
            Wire.writeFloats(momentumN, out);
        }
    }

    @Override
    public OuterShard read(int version, DataInputView in) throws IOException {
        long round = in.readLong();
        float[] thetaN = Wire.readFloats(in);
        float[][] momentaKN = new float[in.readInt()][];
        for (int k = 0; k < momentaKN.length; k++) {
            momentaKN[k] = Wire.readFloats(in);
        }
        return new OuterShard(round, thetaN, momentaKN);
    }
}
