package io.tributary.flow;

import io.tributary.record.WireType;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * The keyed state that the ledger of a source is read from, one value on either side of Train's queue. In a checkpoint they
 * are of one cut, so what came in is what was trained, waits, is held out or became a dead letter.
 */
public final class LedgerState {
    /** In the operators that tokenize. */
    public static final ValueStateDescriptor<Intake> INTAKE =
            new ValueStateDescriptor<>("intake", new WireType<>(new IntakeFormat()));

    /** In {@link KeepLedger}, as of the last checkpoint. */
    public static final ValueStateDescriptor<Trained> TRAINED =
            new ValueStateDescriptor<>("ledger", new WireType<>(new TrainedFormat()));

    private LedgerState() {}
}
