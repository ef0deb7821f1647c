package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link TokenBlocks}. */
public final class TokenBlocksFormat implements WireFormat<TokenBlocks> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<TokenBlocks> type() {
        return TokenBlocks.class;
    }

    @Override
    public void write(TokenBlocks blocks, DataOutputView out) throws IOException {
        out.writeInt(blocks.rows());
        out.writeLong(blocks.bytes());
        Wire.writeInts(blocks.tokensBT1(), out);
    }

    @Override
    public TokenBlocks read(int version, DataInputView in) throws IOException {
        int rows = in.readInt();
        long bytes = in.readLong();
        return new TokenBlocks(Wire.readInts(in), rows, bytes);
    }
}
