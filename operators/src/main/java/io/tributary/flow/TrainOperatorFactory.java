package io.tributary.flow;

import io.tributary.record.ShardUpdate;
import io.tributary.record.Tokenized;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Creates the Train operator, which needs its task's mailbox. */
public final class TrainOperatorFactory extends AbstractStreamOperatorFactory<ShardUpdate>
        implements OneInputStreamOperatorFactory<Tokenized, ShardUpdate> {
    private static final long serialVersionUID = 1;

    private final TrainingSettings settings;
    private final SnapshotStore snapshots;
    private final InitialValues initial;
    private final String loop;

    /** @param loop as in {@link HandOver.Place} */
    public TrainOperatorFactory(
            TrainingSettings settings, SnapshotStore snapshots, InitialValues initial, String loop) {
        this.settings = settings;
        this.snapshots = snapshots;
        this.initial = initial;
        this.loop = loop;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the signature is Flink's
    public <T extends StreamOperator<ShardUpdate>> T createStreamOperator(
            StreamOperatorParameters<ShardUpdate> parameters) {
        return (T) new TrainOperator(parameters, settings, snapshots, initial, loop);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return TrainOperator.class;
    }
}
