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
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;

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
    private final Consumer<Downstream> receiver = this::hear;
    private final Map<String, String> topicOfSplit = new HashMap<>();
    /** By topic, the operators that have enough of it. */
    private final Map<String, Set<String>> satisfied = new HashMap<>();

    private final Queue<Downstream.Pace> heard = new ConcurrentLinkedQueue<>();
    private volatile CompletableFuture<Void> somethingHeard = new CompletableFuture<>();

    PacedReader(SourceReader<Ingested, KafkaPartitionSplit> reader, String topicPrefix, String loop, int subtask) {
        this.reader = reader;
        this.topicPrefix = topicPrefix;
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
        return reader.pollNext(output);
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
        List<String> paused = new ArrayList<>();
        for (KafkaPartitionSplit split : splits) {
            topicOfSplit.put(split.splitId(), split.getTopic());
            if (!satisfied.getOrDefault(split.getTopic(), Set.of()).isEmpty()) {
                paused.add(split.splitId());
            }
        }
        if (!paused.isEmpty()) {
            reader.pauseOrResumeSplits(paused, List.of());
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
}
