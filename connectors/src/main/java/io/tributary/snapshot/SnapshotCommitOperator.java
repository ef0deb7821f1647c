package io.tributary.snapshot;

import io.tributary.record.SnapshotPart;
import io.tributary.record.SnapshotPartFormat;
import io.tributary.record.WireType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the parts of a round's snapshot until all are there, then commits it and emits its folder. Keyed by round.
 *
 * <p>A part of a round that is committed already is ignored. The mark that says so stays in state for good: a few bytes
 * for each snapshot ever made.
 */
public final class SnapshotCommitOperator extends KeyedProcessFunction<Long, SnapshotPart, String> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCommitOperator.class);

    private final SnapshotCommitter committer;

    private transient ListState<SnapshotPart> parts;
    private transient ValueState<Boolean> committed;

    // Flink calls open before anything else.
    @SuppressWarnings("NullAway.Init")
    public SnapshotCommitOperator(SnapshotCommitter committer) {
        this.committer = committer;
    }

    @Override
    public void open(OpenContext context) {
        parts = getRuntimeContext()
                .getListState(new ListStateDescriptor<>("parts", new WireType<>(new SnapshotPartFormat())));
        committed = getRuntimeContext().getState(new ValueStateDescriptor<>("committed", Types.BOOLEAN));
    }

    @Override
    public void processElement(SnapshotPart part, Context context, Collector<String> out) throws Exception {
        if (committed.value() != null) {
            LOG.info("Ignored a part of round {}, whose snapshot is committed already", part.round());
            return;
        }
        parts.add(part);
        List<SnapshotPart> held = held();
        if (SnapshotCommitter.whole(held)) {
            Path folder = committer.commit(part.round(), held);
            parts.clear();
            committed.update(true);
            LOG.info("Committed the snapshot {}", folder);
            out.collect(folder.toString());
        }
    }

    private List<SnapshotPart> held() throws Exception {
        List<SnapshotPart> held = new ArrayList<>();
        parts.get().forEach(held::add);
        return held;
    }
}
