package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Incoming}. */
public final class IncomingFormat implements WireFormat<Incoming> {
    private static final long serialVersionUID = 1;
    private static final int DOCUMENT = 0;
    private static final int REJECTED = 1;
    private static final int PLACED = 2;

    private final DocumentFormat documents = new DocumentFormat();
    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<Incoming> type() {
        return Incoming.class;
    }

    @Override
    public void write(Incoming record, DataOutputView out) throws IOException {
        if (record instanceof Document document) {
            out.writeByte(DOCUMENT);
            documents.write(document, out);
        } else if (record instanceof Incoming.Rejected rejected) {
            out.writeByte(REJECTED);
            sources.write(rejected.source(), out);
            out.writeLong(rejected.bytes());
        } else if (record instanceof Incoming.Placed placed) {
            out.writeByte(PLACED);
            sources.write(placed.source(), out);
            placed.standing().write(out);
        }
    }

    @Override
    public Incoming read(int version, DataInputView in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case DOCUMENT -> documents.read(1, in);
            case REJECTED -> new Incoming.Rejected(sources.read(1, in), in.readLong());
            case PLACED -> new Incoming.Placed(sources.read(1, in), Standing.read(in));
            default -> throw Wire.unknownTag("record on its way to Tokenize", tag);
        };
    }
}
