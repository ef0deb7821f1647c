package io.tributary.flow;

import io.tributary.record.Wire;
import io.tributary.record.WireFormat;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** State format of {@link Packing}. */
public final class PackingFormat implements WireFormat<Packing> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<Packing> type() {
        return Packing.class;
    }

    @Override
    public void write(Packing packing, DataOutputView out) throws IOException {
        Wire.writeInts(packing.tokens(), out);
        out.writeLong(packing.bytes());
    }

    @Override
    public Packing read(int version, DataInputView in) throws IOException {
        return new Packing(Wire.readInts(in), in.readLong());
    }
}
