package io.tributary.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.embedded.FlinkRest;
import io.tributary.embedded.LocalCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Measures a job of a benchmark with and without checkpoints, which it has taken when told to. */
final class CheckpointedJob {
    private static final Duration CACHE_LIMIT = Duration.ofMinutes(1);
    private static final String HEAP = "Status.JVM.Memory.Heap.Used";

    private final FlinkRest rest;
    private final BenchJob job;
    private long heapWithout;
    private long heapWith;

    /**
     * What one checkpoint cost.
     *
     * @param heldMs how long the slower Train subtask did nothing else, the synchronous part of its checkpoint
     * @param alignedMs how long the slower Train subtask waited for the barriers of its inputs
     * @param totalMs from the trigger until the last subtask was done
     */
    record Cost(long heldMs, long alignedMs, long totalMs, long bytes, long trainBytes) {}

    CheckpointedJob(LocalCluster cluster, BenchJob job) {
        this.rest = new FlinkRest(cluster.webUrl());
        this.job = job;
    }

    /**
     * Trains for some seconds. Counts of steps are as old as Flink's metrics are, which is the same at both ends.
     *
     * @param intervalSeconds from one checkpoint to the next, the first at once; none if it is longer than the segment
     * @param costs takes what each checkpoint cost
     */
    double stepsPerSecond(int seconds, int intervalSeconds, List<Cost> costs) throws Exception {
        boolean with = intervalSeconds <= seconds;
        long startNanos = System.nanoTime();
        long endNanos = startNanos + seconds * 1_000_000_000L;
        long nextNanos = with ? startNanos : endNanos;
        long before = job.steps();
        while (System.nanoTime() < endNanos) {
            if (System.nanoTime() >= nextNanos) {
                costs.add(cost(job.checkpoint()));
                nextNanos += intervalSeconds * 1_000_000_000L;
            }
            watchHeap(with);
            Thread.sleep(BenchJob.POLL_MS);
        }
        return (job.steps() - before) * 1e9 / (System.nanoTime() - startNanos);
    }

    private void watchHeap(boolean with) throws IOException, InterruptedException {
        for (int i = 1; i <= BenchJob.SUBTASKS; i++) {
            JsonNode metrics = rest("/taskmanagers/%s%d/metrics?get=%s".formatted(LocalCluster.TASK_MANAGER, i, HEAP));
            long used = metrics.path(0).path("value").asLong();
            if (with) {
                heapWith = Math.max(heapWith, used);
            } else {
                heapWithout = Math.max(heapWithout, used);
            }
        }
    }

    private Cost cost(long number) throws IOException, InterruptedException {
        String details = "/jobs/%s/checkpoints/details/%d".formatted(job.id(), number);
        JsonNode whole = completed(details);
        JsonNode train = rest(details + "/subtasks/" + trainVertex());
        JsonNode summary = train.path("summary");
        return new Cost(
                summary.at("/checkpoint_duration/sync/max").asLong(),
                summary.at("/alignment/duration/max").asLong(),
                whole.path("end_to_end_duration").asLong(),
                whole.path("state_size").asLong(),
                train.path("state_size").asLong());
    }

    /** Flink tells of checkpoints from a cache of some seconds, in which a new one is not complete or not there yet. */
    private JsonNode completed(String details) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + CACHE_LIMIT.toNanos();
        Optional<JsonNode> told = rest.get(details);
        while (told.filter(whole -> whole.path("status").asText().equals("COMPLETED"))
                .isEmpty()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new IOException("Flink does not tell of a checkpoint that is complete at %s, but: %s"
                        .formatted(details, told.map(JsonNode::toString).orElse("nothing")));
            }
            Thread.sleep(BenchJob.POLL_MS);
            told = rest.get(details);
        }
        return told.orElseThrow();
    }

    private String trainVertex() throws IOException, InterruptedException {
        for (JsonNode vertex : rest("/jobs/" + job.id()).path("vertices")) {
            if (vertex.path("name").asText().equals("train")) {
                return vertex.path("id").asText();
            }
        }
        throw new IOException("The job " + job.id() + " has no operator 'train'");
    }

    private JsonNode rest(String path) throws IOException, InterruptedException {
        return rest.get(path).orElseThrow(() -> new IOException("Flink does not answer to " + path));
    }

    /** The largest heap that was seen in use while no checkpoints were taken, in bytes. */
    long heapWithout() {
        return heapWithout;
    }

    /** The same while some were. */
    long heapWith() {
        return heapWith;
    }
}
