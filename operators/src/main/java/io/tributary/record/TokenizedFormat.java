package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Tokenized}. */
public final class TokenizedFormat implements WireFormat<Tokenized> {
    private static final long serialVersionUID = 1;

    private static final int VOCABULARY = 0;
    private static final int BATCH = 1;
    private static final int HELD_OUT = 2;
    private static final int PLACED = 3;

    private final SourceIdFormat sources = new SourceIdFormat();
    private final TokenBlocksFormat blocks = new TokenBlocksFormat();

    @Override
    public Class<Tokenized> type() {
        return Tokenized.class;
    }

    @Override
    public void write(Tokenized record, DataOutputView out) throws IOException {
        sources.write(record.source(), out);
        if (record instanceof Tokenized.Vocabulary vocabulary) {
            out.writeByte(VOCABULARY);
            Wire.writeBytes(vocabulary.model(), out);
            Wire.writeInts(vocabulary.held(), out);
        } else if (record instanceof Tokenized.Batch batch) {
            out.writeByte(BATCH);
            blocks.write(batch.blocks(), out);
            Wire.writeInts(batch.grown(), out);
        } else if (record instanceof Tokenized.HeldOut heldOut) {
            out.writeByte(HELD_OUT);
            blocks.write(heldOut.blocks(), out);
        } else if (record instanceof Tokenized.Placed placed) {
            out.writeByte(PLACED);
            placed.standing().write(out);
        }
    }

    @Override
    public Tokenized read(int version, DataInputView in) throws IOException {
        SourceId source = sources.read(1, in);
        int tag = in.readByte();
        return switch (tag) {
            case VOCABULARY -> new Tokenized.Vocabulary(source, Wire.readBytes(in), Wire.readInts(in));
            case BATCH -> new Tokenized.Batch(source, blocks.read(1, in), Wire.readInts(in));
            case HELD_OUT -> new Tokenized.HeldOut(source, blocks.read(1, in));
            case PLACED -> new Tokenized.Placed(source, Standing.read(in));
            default -> throw Wire.unknownTag("tokenized record", tag);
        };
    }
}
