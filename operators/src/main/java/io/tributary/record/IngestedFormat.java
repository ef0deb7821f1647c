package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Documents and dead letters on the wire. A new version of {@link DeadLetterFormat} is a new version of this one. */
public final class IngestedFormat implements WireFormat<Ingested> {
    private static final long serialVersionUID = 1;
    private static final int DOCUMENT = 0;
    private static final int DEAD_LETTER = 1;
    private static final DeadLetterFormat DEAD_LETTERS = new DeadLetterFormat();

    @Override
    public Class<Ingested> type() {
        return Ingested.class;
    }

    // A switch over a sealed type by pattern would be shorter; it is a preview in Java 17.
    @Override
    public void write(Ingested record, DataOutputView out) throws IOException {
        if (record instanceof Document document) {
            out.writeByte(DOCUMENT);
            Wire.writeText(document.source().name(), out);
            out.writeInt(document.source().key());
            DeadLetterFormat.writeOrigin(document.origin(), out);
            Wire.writeText(document.text(), out);
        } else if (record instanceof DeadLetter letter) {
            out.writeByte(DEAD_LETTER);
            DEAD_LETTERS.write(letter, out);
        }
    }

    @Override
    public Ingested read(int version, DataInputView in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case DOCUMENT ->
                new Document(
                        new SourceId(Wire.readText(in), in.readInt()),
                        DeadLetterFormat.readOrigin(in),
                        Wire.readText(in));
            case DEAD_LETTER -> DEAD_LETTERS.read(version, in);
            default -> throw Wire.unknownTag("ingested record", tag);
        };
    }
}
