package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Document}. */
public final class DocumentFormat implements WireFormat<Document> {
    private static final long serialVersionUID = 1;

    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<Document> type() {
        return Document.class;
    }

    @Override
    public void write(Document document, DataOutputView out) throws IOException {
        sources.write(document.source(), out);
        Origin origin = document.origin();
        out.writeUTF(origin.topic());
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        out.writeLong(origin.timestampMs());
        Wire.writeText(document.text(), out);
    }

    @Override
    public Document read(int version, DataInputView in) throws IOException {
        SourceId source = sources.read(1, in);
        Origin origin = new Origin(in.readUTF(), in.readInt(), in.readLong(), in.readLong());
        return new Document(source, origin, Wire.readText(in));
    }
}
