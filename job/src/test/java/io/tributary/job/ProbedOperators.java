package io.tributary.job;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Puts a probe around operators of a stream graph. Flink sends an operator's factory to the task as bytes, so the probe
 * itself stays in a table of this JVM, in which the embedded cluster runs too.
 */
final class ProbedOperators {
    private static final Map<String, OperatorProbe> PROBES = new ConcurrentHashMap<>();

    private ProbedOperators() {}

    /**
     * Wraps operators.
     *
     * @param uids of the operators; each must be in the graph
     */
    static void probe(StreamGraph graph, OperatorProbe probe, String... uids) {
        String key = UUID.randomUUID().toString();
        PROBES.put(key, probe);
        for (String uid : uids) {
            StreamNode node = graph.getStreamNodes().stream()
                    .filter(each -> uid.equals(each.getTransformationUID()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("No operator has the uid " + uid));
            node.setOperatorFactory(new Factory<>(Objects.requireNonNull(node.getOperatorFactory()), key, uid));
        }
    }

    /** Creates the real operator with a probed output, and with a probed input where it has one only. */
    private static final class Factory<OUT> extends AbstractStreamOperatorFactory<OUT> {
        private static final long serialVersionUID = 1;

        private final StreamOperatorFactory<OUT> real;
        private final String key;
        private final String uid;

        Factory(StreamOperatorFactory<OUT> real, String key, String uid) {
            this.real = real;
            this.key = key;
            this.uid = uid;
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the signature is Flink's
        public <T extends StreamOperator<OUT>> T createStreamOperator(StreamOperatorParameters<OUT> parameters) {
            OperatorProbe probe = Objects.requireNonNull(PROBES.get(key));
            int subtask = parameters
                    .getContainingTask()
                    .getEnvironment()
                    .getTaskInfo()
                    .getIndexOfThisSubtask();
            OperatorProbe.Site site = new OperatorProbe.Site(uid, subtask);
            StreamOperator<OUT> operator = real.createStreamOperator(new StreamOperatorParameters<>(
                    parameters.getContainingTask(),
                    parameters.getStreamConfig(),
                    new ProbedOutput<>(parameters.getOutput(), probe, site),
                    parameters::getProcessingTimeService,
                    parameters.getOperatorEventDispatcher(),
                    probe.mailbox(site, parameters.getMailboxExecutor())));
            return operator instanceof OneInputStreamOperator<?, OUT> oneInput
                    ? (T) new ProbedInput<>(oneInput, probe, site)
                    : (T) operator;
        }

        @Override
        public void setProcessingTimeService(ProcessingTimeService service) {
            super.setProcessingTimeService(service);
            if (real instanceof AbstractStreamOperatorFactory<?> factory) {
                factory.setProcessingTimeService(service);
            }
        }

        @Override
        public void setChainingStrategy(ChainingStrategy strategy) {
            real.setChainingStrategy(strategy);
        }

        @Override
        public ChainingStrategy getChainingStrategy() {
            return real.getChainingStrategy();
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return real.getStreamOperatorClass(classLoader);
        }
    }
}
