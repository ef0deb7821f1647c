package io.tributary.flow;

import io.tributary.record.SourceId;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps Train's side of the ledger in keyed state that any tool can read. Train itself keeps its state in raw streams; it
 * sends a line for each of its sources ahead of every barrier, so what is in the checkpoint here is of the same cut.
 */
public final class KeepLedger extends KeyedProcessFunction<SourceId, Trained, Void> {
    private static final long serialVersionUID = 1;

    private transient ValueState<Trained> line;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public KeepLedger() {}

    @Override
    public void open(OpenContext context) {
        line = getRuntimeContext().getState(LedgerState.TRAINED);
    }

    @Override
    public void processElement(Trained trained, Context context, Collector<Void> out) throws Exception {
        line.update(trained);
    }
}
