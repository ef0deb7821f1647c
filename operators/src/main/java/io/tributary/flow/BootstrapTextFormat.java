package io.tributary.flow;

import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.Wire;
import io.tributary.record.WireFormat;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link BootstrapText}. */
public final class BootstrapTextFormat implements WireFormat<BootstrapText> {
    private static final long serialVersionUID = 1;

    private static final int TEXT = 0;
    private static final int END = 1;

    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<BootstrapText> type() {
        return BootstrapText.class;
    }

    @Override
    public void write(BootstrapText record, DataOutputView out) throws IOException {
        sources.write(record.source(), out);
        if (record instanceof BootstrapText.Text text) {
            out.writeByte(TEXT);
            Wire.writeText(text.text(), out);
        } else {
            out.writeByte(END);
        }
    }

    @Override
    public BootstrapText read(int version, DataInputView in) throws IOException {
        SourceId source = sources.read(1, in);
        int tag = in.readByte();
        return switch (tag) {
            case TEXT -> new BootstrapText.Text(source, Wire.readText(in));
            case END -> new BootstrapText.End(source);
            default -> throw Wire.unknownTag("bootstrap text", tag);
        };
    }
}
