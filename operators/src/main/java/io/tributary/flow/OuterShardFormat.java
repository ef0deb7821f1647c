package io.tributary.flow;

import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.Wire;
import io.tributary.record.WireFormat;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * State format of {@link OuterShard}. Version 2 has a checksum: a flipped bit would be a parameter like any other, and
 * there is no second copy of these to tell.
 */
public final class OuterShardFormat implements WireFormat<OuterShard> {
    private static final long serialVersionUID = 1;

    private static final int CHECKED = 2;

    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<OuterShard> type() {
        return OuterShard.class;
    }

    @Override
    public int version() {
        return CHECKED;
    }

    @Override
    public void write(OuterShard shard, DataOutputView out) throws IOException {
        Wire.writeChecked(out, checked -> writeAll(shard, checked));
    }

    private void writeAll(OuterShard shard, DataOutputView out) throws IOException {
        out.writeLong(shard.round());
        Wire.writeFloats(shard.thetaN(), out);
        out.writeInt(shard.momentaKN().length);
        for (float[] momentumN : shard.momentaKN()) {
            Wire.writeFloats(momentumN, out);
        }
        out.writeInt(shard.holders().size());
        for (Map.Entry<SourceId, int[]> holder : shard.holders().entrySet()) {
            sources.write(holder.getKey(), out);
            Wire.writeInts(holder.getValue(), out);
        }
    }

    @Override
    public OuterShard read(int version, DataInputView in) throws IOException {
        return readAll(version < CHECKED ? in : Wire.readChecked("a shard of the body", in));
    }

    private OuterShard readAll(DataInputView in) throws IOException {
        long round = in.readLong();
        float[] thetaN = Wire.readFloats(in);
        float[][] momentaKN = new float[in.readInt()][];
        for (int k = 0; k < momentaKN.length; k++) {
            momentaKN[k] = Wire.readFloats(in);
        }
        SortedMap<SourceId, int[]> holders = new TreeMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            holders.put(sources.read(1, in), Wire.readInts(in));
        }
        return new OuterShard(round, thetaN, momentaKN, holders);
    }
}
