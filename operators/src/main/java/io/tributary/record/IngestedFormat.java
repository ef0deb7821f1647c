package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Ingested}. */
public final class IngestedFormat implements WireFormat<Ingested> {
    private static final long serialVersionUID = 1;
    private static final int DOCUMENT = 0;
    private static final int DEAD_LETTER = 1;
    private static final int CONTROL = 2;
    private static final DocumentFormat DOCUMENTS = new DocumentFormat();
    private static final DeadLetterFormat DEAD_LETTERS = new DeadLetterFormat();
    private static final ControlFormat CONTROLS = new ControlFormat();

    @Override
    public Class<Ingested> type() {
        return Ingested.class;
    }

    // A switch over a sealed type by pattern would be shorter; it is a preview in Java 17.
    @Override
    public void write(Ingested record, DataOutputView out) throws IOException {
        if (record instanceof Document document) {
            out.writeByte(DOCUMENT);
            DOCUMENTS.write(document, out);
        } else if (record instanceof DeadLetter letter) {
            out.writeByte(DEAD_LETTER);
            DEAD_LETTERS.write(letter, out);
        } else if (record instanceof Control control) {
            out.writeByte(CONTROL);
            CONTROLS.write(control, out);
        }
    }

    @Override
    public Ingested read(int version, DataInputView in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case DOCUMENT -> DOCUMENTS.read(1, in);
            case DEAD_LETTER -> DEAD_LETTERS.read(1, in);
            case CONTROL -> CONTROLS.read(1, in);
            default -> throw Wire.unknownTag("ingested record", tag);
        };
    }
}
