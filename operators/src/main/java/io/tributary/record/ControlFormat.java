package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link Control}. */
public final class ControlFormat implements WireFormat<Control> {
    private static final long serialVersionUID = 1;
    private static final int PLACE = 0;
    private static final int HOLD = 1;

    private final SourceIdFormat sources = new SourceIdFormat();

    @Override
    public Class<Control> type() {
        return Control.class;
    }

    @Override
    public void write(Control control, DataOutputView out) throws IOException {
        out.writeUTF(control.job());
        if (control instanceof Control.Place place) {
            out.writeByte(PLACE);
            sources.write(place.source(), out);
            place.standing().write(out);
        } else if (control instanceof Control.Hold hold) {
            out.writeByte(HOLD);
            out.writeBoolean(hold.held());
        }
    }

    @Override
    public Control read(int version, DataInputView in) throws IOException {
        String job = in.readUTF();
        int tag = in.readByte();
        return switch (tag) {
            case PLACE -> new Control.Place(job, sources.read(1, in), Standing.read(in));
            case HOLD -> new Control.Hold(job, in.readBoolean());
            default -> throw Wire.unknownTag("order", tag);
        };
    }
}
