package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Origin}. */
public final class OriginFormat implements WireFormat<Origin> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<Origin> type() {
        return Origin.class;
    }

    @Override
    public void write(Origin origin, DataOutputView out) throws IOException {
        out.writeUTF(origin.topic());
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        out.writeLong(origin.timestampMs());
    }

    @Override
    public Origin read(int version, DataInputView in) throws IOException {
        return new Origin(in.readUTF(), in.readInt(), in.readLong(), in.readLong());
    }
}
