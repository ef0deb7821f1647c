package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Document}. */
public final class DocumentFormat implements WireFormat<Document> {
    private static final long serialVersionUID = 1;

    private final SourceIdFormat sources = new SourceIdFormat();
    private final OriginFormat origins = new OriginFormat();

    @Override
    public Class<Document> type() {
        return Document.class;
    }

    @Override
    public void write(Document document, DataOutputView out) throws IOException {
        sources.write(document.source(), out);
        origins.write(document.origin(), out);
        Wire.writeText(document.text(), out);
    }

    @Override
    public Document read(int version, DataInputView in) throws IOException {
        return new Document(sources.read(1, in), origins.read(1, in), Wire.readText(in));
    }
}
