package io.tributary.kafka;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A writer whose refusals end the job, whichever call they surface in. */
final class EndingWriter<T>
        implements StatefulSinkWriter<T, KafkaWriterState>, CommittingSinkWriter<T, KafkaCommittable> {
    private static final Logger LOG = LoggerFactory.getLogger(EndingWriter.class);

    private final SinkWriter<T> kafka;
    private final String servers;

    private interface Call {
        void run() throws IOException, InterruptedException;
    }

    EndingWriter(SinkWriter<T> kafka, String servers) {
        this.kafka = kafka;
        this.servers = servers;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
        ending(() -> kafka.write(element, context));
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        ending(() -> kafka.flush(endOfInput));
    }

    private void ending(Call call) throws IOException, InterruptedException {
        try {
            call.run();
        } catch (IOException | RuntimeException e) {
            Optional<RuntimeException> ending = KafkaRefusal.ending(e, servers);
            if (ending.isPresent()) {
                throw ending.get();
            }
            throw e;
        }
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
        return stateful(kafka).snapshotState(checkpointId);
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
        return committing(kafka).prepareCommit();
    }

    /**
     * What was not sent is of no consequence any more: a checkpoint has flushed before it. Flink's writer fails here with
     * what was refused after the first refusal, and a task that fails while it is cleaned up takes its TaskManager with
     * it.
     */
    @Override
    public void close() {
        try {
            kafka.close();
        } catch (Exception e) {
            LOG.warn("Closing a writer to the Kafka at {}", servers, e);
        }
    }

    /** Kafka's writers are both, which their types do not tell. */
    @SuppressWarnings("unchecked")
    private static <T> StatefulSinkWriter<T, KafkaWriterState> stateful(SinkWriter<T> kafka) {
        return (StatefulSinkWriter<T, KafkaWriterState>) kafka;
    }

    @SuppressWarnings("unchecked")
    private static <T> CommittingSinkWriter<T, KafkaCommittable> committing(SinkWriter<T> kafka) {
        return (CommittingSinkWriter<T, KafkaCommittable>) kafka;
    }
}
