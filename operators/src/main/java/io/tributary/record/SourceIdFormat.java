package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link SourceId}. */
public final class SourceIdFormat implements WireFormat<SourceId> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<SourceId> type() {
        return SourceId.class;
    }

    @Override
    public void write(SourceId source, DataOutputView out) throws IOException {
        out.writeUTF(source.name());
        out.writeInt(source.key());
    }

    @Override
    public SourceId read(int version, DataInputView in) throws IOException {
        return new SourceId(in.readUTF(), in.readInt());
    }
}
