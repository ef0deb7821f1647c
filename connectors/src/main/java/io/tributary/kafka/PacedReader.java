package io.tributary.kafka;

import io.tributary.flow.HandOver;
import io.tributary.record.Downstream;
import io.tributary.record.Ingested;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads what another reader does, but pauses the partitions of a source while some operator has enough of it.
 *
 * <p>What the operators say arrives through {@link HandOver} on another thread. It waits until the reader is polled,
 * since only the thread of its task may touch the other reader; and it makes this reader available, or a reader whose
 * partitions are all paused would never be polled again. Nothing of it is in a checkpoint: after a restart everything is
 * read until it is said again.
 */
@SuppressWarnings("try") // that close() may be interrupted is the signature of Flink
final class PacedReader implements SourceReader<Ingested, KafkaPartitionSplit> {
    private final SourceReader<Ingested, KafkaPartitionSplit> reader;
    private final String topicPrefix;
    private final HandOver.Place place;
    private final String servers;
    private final Consumer<Downstream> receiver = this::hear;
    private final Map<String, String> topicOfSplit = new HashMap<>();
    /** Splits that no record has come of yet, so that a pause may not have reached them. */
    private final Set<String> silent = new HashSet<>();
    /** Splits of satisfied topics whose first record has come. */
    private final List<String> toPause = new ArrayList<>();
    /** By topic, the operators that have enough of it. */
    private final Map<String, Set<String>> satisfied = new HashMap<>();

    private final Queue<Downstream.Pace> heard = new ConcurrentLinkedQueue<>();
    private volatile CompletableFuture<Void> somethingHeard = new CompletableFuture<>();

    PacedReader(
            SourceReader<Ingested, KafkaPartitionSplit> reader,
            String topicPrefix,
            String loop,
            int subtask,
            String servers) {
        this.reader = reader;
        this.topicPrefix = topicPrefix;
        this.servers = servers;
        this.place = new HandOver.Place(loop, HandOver.End.READER, subtask);
    }

    private void hear(Downstream record) {
        if (record instanceof Downstream.Pace pace) {
            heard.add(pace);
            somethingHeard.complete(null);
        }
    }

    @Override
    public void start() {
        HandOver.register(place, receiver);
        reader.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Ingested> output) throws Exception {
        if (somethingHeard.isDone()) {
            // Before the queue is read: what is heard while it is read completes the new one.
            somethingHeard = new CompletableFuture<>();
            obey();
        }
        InputStatus status = read(output);
        if (!toPause.isEmpty()) {
            reader.pauseOrResumeSplits(List.copyOf(toPause), List.of());
            toPause.clear();
        }
        return status;
    }

    private InputStatus read(ReaderOutput<Ingested> output) throws Exception {
        try {
            return reader.pollNext(new Listening(output));
        } catch (RuntimeException e) {
            throw KafkaRefusal.ending(e, servers).orElse(e);
        }
    }

    /**
     * A pause passes over splits that the fetcher thread has not taken in yet (Flink looks at those it is assigned, and a
     * task of that thread assigns them), and nothing tells when it has. The first record of a split does.
     */
    private void firstRecord(String split) {
        if (silent.remove(split) && isSatisfied(topicOfSplit.get(split))) {
            toPause.add(split);
        }
    }

    private boolean isSatisfied(@Nullable String topic) {
        return !satisfied.getOrDefault(topic, Set.of()).isEmpty();
    }

    private void obey() {
        for (Downstream.Pace pace = heard.poll(); pace != null; pace = heard.poll()) {
            String topic = topicPrefix + pace.source();
            Set<String> stages = satisfied.computeIfAbsent(topic, each -> new HashSet<>());
            boolean wasPaused = !stages.isEmpty();
            if (pace.hungry()) {
                stages.remove(pace.stage());
            } else {
                stages.add(pace.stage());
            }
            List<String> splits = splits(topic);
            if (wasPaused == stages.isEmpty() && !splits.isEmpty()) {
                reader.pauseOrResumeSplits(wasPaused ? List.of() : splits, wasPaused ? splits : List.of());
            }
        }
    }

    private List<String> splits(String topic) {
        return topicOfSplit.entrySet().stream()
                .filter(split -> split.getValue().equals(topic))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        reader.addSplits(splits);
        for (KafkaPartitionSplit split : splits) {
            topicOfSplit.put(split.splitId(), split.getTopic());
            silent.add(split.splitId());
        }
    }

    /** Completes when there is something to read, or something was heard. */
    @Override
    public CompletableFuture<Void> isAvailable() {
        CompletableFuture<Void> toRead = reader.isAvailable();
        return toRead.isDone()
                ? toRead
                : CompletableFuture.anyOf(toRead, somethingHeard).thenAccept(any -> {});
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        return reader.snapshotState(checkpointId);
    }

    @Override
    public void notifyNoMoreSplits() {
        reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        reader.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        reader.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        reader.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
        reader.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
        HandOver.remove(place, receiver);
        reader.close();
    }

    /** Notices the first record of each split: a reader asks for the output of a split when it has something for it. */
    private final class Listening implements ReaderOutput<Ingested> {
        private final ReaderOutput<Ingested> output;

        Listening(ReaderOutput<Ingested> output) {
            this.output = output;
        }

        @Override
        public SourceOutput<Ingested> createOutputForSplit(String split) {
            firstRecord(split);
            return output.createOutputForSplit(split);
        }

        @Override
        public void releaseOutputForSplit(String split) {
            output.releaseOutputForSplit(split);
        }

        @Override
        public void collect(Ingested document) {
            output.collect(document);
        }

        @Override
        public void collect(Ingested document, long timestamp) {
            output.collect(document, timestamp);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            output.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            output.markIdle();
        }

        @Override
        public void markActive() {
            output.markActive();
        }
    }
}
