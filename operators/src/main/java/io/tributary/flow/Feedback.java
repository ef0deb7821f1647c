package io.tributary.flow;

import io.tributary.record.Downstream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The end of the broadcast stream: passes everything to the Train subtask and the reader in the same slot, and never
 * blocks.
 *
 * <p>What arrives before these have opened waits here, and not in {@link HandOver}, so that it is gone with this attempt:
 * a body of an abandoned timeline must not reach the next one.
 */
public final class Feedback extends AbstractStreamOperator<Void> implements OneInputStreamOperator<Downstream, Void> {
    private static final long serialVersionUID = 1;
    private static final long LOOK_AGAIN_MS = 20;

    private final String loop;
    private final transient Deque<Downstream> forTrain = new ArrayDeque<>();
    private final transient Deque<Downstream> forReader = new ArrayDeque<>();
    private transient boolean looking;

    private Feedback(StreamOperatorParameters<Void> parameters, String loop) {
        super(parameters);
        this.loop = loop;
    }

    @Override
    public void processElement(StreamRecord<Downstream> element) {
        Downstream record = element.getValue();
        (record instanceof Downstream.Pace ? forReader : forTrain).add(record);
        passOn();
    }

    private void passOn() {
        boolean toTrain = passOn(HandOver.End.TRAIN, forTrain);
        boolean toReader = passOn(HandOver.End.READER, forReader);
        if (!(toTrain && toReader) && !looking) {
            looking = true;
            var time = getProcessingTimeService();
            var unused = time.registerTimer(time.getCurrentProcessingTime() + LOOK_AGAIN_MS, now -> {
                looking = false;
                passOn();
            });
        }
    }

    private boolean passOn(HandOver.End end, Deque<Downstream> waiting) {
        if (waiting.isEmpty()) {
            return true;
        }
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        Optional<Consumer<Downstream>> receiver = HandOver.find(new HandOver.Place(loop, end, subtask));
        receiver.ifPresent(each -> {
            waiting.forEach(each);
            waiting.clear();
        });
        return receiver.isPresent();
    }

    /** Nothing: what waits here is asked for or said again after a restart. */
    @Override
    public void snapshotState(StateSnapshotContext context) {}

    @Override
    public void processWatermark(Watermark mark) {}

    /** Creates one Feedback for each subtask. */
    public static final class Factory extends AbstractStreamOperatorFactory<Void>
            implements OneInputStreamOperatorFactory<Downstream, Void> {
        private static final long serialVersionUID = 1;

        private final String loop;

        /** @param loop as in {@link HandOver.Place} */
        public Factory(String loop) {
            this.loop = loop;
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the signature is Flink's
        public <T extends StreamOperator<Void>> T createStreamOperator(StreamOperatorParameters<Void> parameters) {
            return (T) new Feedback(parameters, loop);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return Feedback.class;
        }
    }
}
