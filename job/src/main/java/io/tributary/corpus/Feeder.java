package io.tributary.corpus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.serialization.VoidSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the text of the sources to their topics, in a thread of its own: a document of each source in turn, and a
 * source's text again and again, until each source was sent a given amount.
 */
public final class Feeder implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final KafkaProducer<Void, String> producer;
    private final List<Corpus> corpora;
    private final long bytesPerSource;
    private final Thread thread = new Thread(this::feed, "feeder");
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * Starts to send.
     *
     * @param bytesPerSource UTF-8 bytes of text after which a source is sent no more
     */
    public Feeder(String bootstrapServers, List<Corpus> corpora, long bytesPerSource) {
        this.corpora = List.copyOf(corpora);
        this.bytesPerSource = bytesPerSource;
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                20,
                ProducerConfig.BATCH_SIZE_CONFIG,
                256 << 10,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Topics.MAX_MESSAGE_BYTES);
        producer = new KafkaProducer<>(settings, new VoidSerializer(), new StringSerializer());
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Looks whether everything went well up to now.
     *
     * @throws IOException if a document could not be sent
     */
    public void check() throws IOException {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IOException("Cannot send text to Kafka: " + cause.getMessage(), cause);
        }
    }

    /** Waits until everything was sent and acknowledged, or sending failed. */
    public void await() throws IOException, InterruptedException {
        thread.join();
        check();
    }

    @Override
    public void close() {
        thread.interrupt();
        producer.close(CLOSE_LIMIT);
    }

    private void feed() {
        try {
            List<Loop> loops = new ArrayList<>();
            corpora.forEach(corpus -> loops.add(new Loop(corpus)));
            while (!loops.isEmpty()
                    && failure.get() == null
                    && !Thread.currentThread().isInterrupted()) {
                loops.forEach(Loop::sendNext);
                loops.removeIf(Loop::done);
            }
            producer.flush();
        } catch (RuntimeException e) {
            // An interrupt is how close() ends this thread.
            if (!Thread.currentThread().isInterrupted()) {
                failure.compareAndSet(null, e);
            }
        }
    }

    /** One source's way through its text. */
    private final class Loop {
        private final Corpus corpus;
        private int next;
        private long sentBytes;

        Loop(Corpus corpus) {
            this.corpus = corpus;
        }

        boolean done() {
            return sentBytes >= bytesPerSource;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // The callback keeps what fails.
        void sendNext() {
            List<String> documents = corpus.documents();
            String document = documents.get(next);
            producer.send(new ProducerRecord<>(Topics.corpus(corpus.name()), document), (metadata, error) -> {
                if (error != null) {
                    failure.compareAndSet(null, error);
                }
            });
            sentBytes += document.getBytes(StandardCharsets.UTF_8).length;
            next = (next + 1) % documents.size();
        }
    }
}
