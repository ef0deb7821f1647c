package io.tributary.flow;

import io.tributary.record.WireFormat;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** State format of {@link Intake}. */
public final class IntakeFormat implements WireFormat<Intake> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<Intake> type() {
        return Intake.class;
    }

    @Override
    public void write(Intake intake, DataOutputView out) throws IOException {
        out.writeLong(intake.documents());
        out.writeLong(intake.bytes());
        out.writeLong(intake.heldOutBytes());
        out.writeLong(intake.deadLetters());
        out.writeLong(intake.deadBytes());
        out.writeLong(intake.waitingBytes());
    }

    @Override
    public Intake read(int version, DataInputView in) throws IOException {
        return new Intake(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}
