package io.tributary.corpus;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.DocumentText;
import io.tributary.kafka.KafkaRefusal;
import io.tributary.kafka.RejectedDocumentException;
import io.tributary.kafka.ValueFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.VoidSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a person's text to the topic of a source, one document a record.
 *
 * <p>Memory is bounded by the producer's buffer: while that is full, no more is read. Each document is acknowledged by
 * Kafka, or reported with its place. What stands in the {@link FeedState} was acknowledged; whoever goes on from there
 * after a crash sends again what was sent after it was written, at most about a second's text and what was under way.
 */
public final class TextFeed implements AutoCloseable {
    private static final int BATCH_BYTES = 512 << 10;
    private static final long BUFFER_MEMORY_BYTES = 32L << 20;
    /** Room for the framing of a record beside its document. */
    private static final int FRAMING_BYTES = 64 << 10;

    private static final long TICK_NANOS = Duration.ofSeconds(1).toNanos();

    private final Shape shape;
    private final String servers;
    private final Consumer<String> reports;
    private final Consumer<Count> progress;
    private final KafkaProducer<Void, byte[]> producer;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong documents = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean stopped;

    /** What is being sent. */
    private volatile Optional<Sending> sending = Optional.empty();

    private record Sending(String name, Frontier frontier, Optional<FeedState> state) {}

    /**
     * What becomes of the text.
     *
     * @param format what a document is, as in the settings of a source
     * @param whole whether the record is the JSON as it stands, instead of the text in it
     * @param maxBytes of a document
     */
    public record Shape(String topic, Cut cut, ValueFormat format, boolean whole, int maxBytes) {}

    /**
     * How much Kafka has.
     *
     * @param refused documents that were reported and are not there
     * @param bytes of the documents
     * @param share of the text that is being sent, from 0 to 1; NaN if its size is not known
     */
    public record Count(String name, long documents, long refused, long bytes, double share) {}

    /**
     * Connects.
     *
     * @param kafka properties of a client, with the bootstrap servers; they win over those chosen here
     * @param reports is told of each document that is refused, from any thread
     * @param progress is told about once a second
     */
    public TextFeed(Map<String, String> kafka, Shape shape, Consumer<String> reports, Consumer<Count> progress) {
        this.shape = shape;
        this.servers = String.valueOf(kafka.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
        this.reports = reports;
        this.progress = progress;
        int maxRequest = Math.max(1 << 20, Math.addExact(shape.maxBytes(), FRAMING_BYTES));
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        // A batch that the topic does not take is cut into batches of this size, again and again if they are no
        // smaller.
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, Math.min(BATCH_BYTES, shape.maxBytes()));
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequest);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(BUFFER_MEMORY_BYTES, 2L * maxRequest));
        settings.putAll(kafka);
        producer = new KafkaProducer<>(settings, new VoidSerializer(), new ByteArraySerializer());
    }

    /**
     * Sends a file, and returns when Kafka has it.
     *
     * @param from the offset in the unpacked text to begin at
     * @param state where it is written down how far it was sent
     * @throws IOException if the file cannot be read to its end, or Kafka does not take it
     */
    public void send(Path file, long from, FeedState state) throws IOException {
        try (TextInput input = TextInput.of(file)) {
            input.skipTo(from);
            send(input, from, Optional.of(state));
        }
    }

    /** Sends what comes through a pipe, likewise. */
    public void send(InputStream in) throws IOException {
        try (TextInput input = TextInput.of(in)) {
            send(input, 0, Optional.empty());
        }
    }

    private void send(TextInput input, long from, Optional<FeedState> state) throws IOException {
        Frontier frontier = new Frontier(from);
        sending = Optional.of(new Sending(input.name(), frontier, state));
        DocumentCutter cutter = new DocumentCutter(input.text(), shape.cut(), shape.maxBytes(), from);
        long nextTick = System.nanoTime() + TICK_NANOS;
        try {
            for (var piece = next(cutter, input, frontier); piece.isPresent(); piece = next(cutter, input, frontier)) {
                send(input.name(), piece.get(), frontier);
                check();
                if (System.nanoTime() > nextTick) {
                    nextTick = System.nanoTime() + TICK_NANOS;
                    record();
                    progress.accept(count(input.share()));
                }
            }
            producer.flush();
        } catch (KafkaException | IllegalStateException e) {
            failure.compareAndSet(null, e);
        }
        record();
        check();
    }

    private Optional<DocumentCutter.Piece> next(DocumentCutter cutter, TextInput input, Frontier frontier)
            throws IOException {
        try {
            return cutter.next();
        } catch (IOException e) {
            producer.flush();
            record();
            throw new Failure(
                    ErrorCode.TEXT_UNREADABLE,
                    "%s cannot be read on; its text is sent up to byte %,d, and no further: %s"
                            .formatted(input.name(), frontier.offset(), e.getMessage()),
                    e);
        }
    }

    private void send(String name, DocumentCutter.Piece piece, Frontier frontier) {
        Frontier.Mark mark = frontier.open(piece.to());
        byte[] value;
        try {
            value = value(piece);
        } catch (RejectedDocumentException e) {
            refuse(name, piece, String.valueOf(e.getMessage()));
            frontier.settle(mark);
            return;
        }
        var unused = producer.send(new ProducerRecord<>(shape.topic(), value), (metadata, error) -> {
            if (error instanceof RecordTooLargeException) {
                refuse(
                        name,
                        piece,
                        "The topic %s does not take so long a record: raise its max.message.bytes"
                                .formatted(shape.topic()));
            } else if (error != null) {
                failure.compareAndSet(null, error);
                return;
            } else {
                documents.incrementAndGet();
                bytes.addAndGet(value.length);
            }
            frontier.settle(mark);
        });
    }

    private byte[] value(DocumentCutter.Piece piece) throws RejectedDocumentException {
        if (piece.tooLong()) {
            throw DocumentText.tooLong(piece.length(), shape.maxBytes());
        }
        String text = DocumentText.of(Optional.of(piece.bytes()), shape.format(), shape.maxBytes());
        boolean asItStands = shape.whole() || shape.format().equals(ValueFormat.TEXT);
        return asItStands ? piece.bytes() : text.getBytes(StandardCharsets.UTF_8);
    }

    private void refuse(String name, DocumentCutter.Piece piece, String reason) {
        refused.incrementAndGet();
        reports.accept("%s at byte %,d: %s".formatted(name, piece.from(), reason));
    }

    /** Looks whether everything went well up to now. */
    private void check() throws IOException {
        Throwable cause = failure.get();
        if (cause != null && !stopped) {
            throw KafkaRefusal.of(
                    cause,
                    servers,
                    "The Kafka at %s does not take the text (topic %s): %s".formatted(servers, shape.topic(), cause));
        }
    }

    private synchronized void record() throws IOException {
        Optional<Sending> current = sending;
        if (current.isPresent() && current.get().state().isPresent()) {
            current.get()
                    .state()
                    .get()
                    .write(shape.topic(), current.get().frontier().offset());
        }
    }

    private Count count(double share) {
        String name = sending.map(Sending::name).orElse("");
        return new Count(name, documents.get(), refused.get(), bytes.get(), share);
    }

    /** How much Kafka has by now. */
    public Count count() {
        return count(Double.NaN);
    }

    /**
     * Ends early, from any thread: waits for what is under way, and writes down how far the text was sent.
     *
     * @return that offset in the unpacked text
     */
    public long stop(Duration patience) throws IOException {
        stopped = true;
        producer.close(patience);
        record();
        return sending.map(current -> current.frontier().offset()).orElse(0L);
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
