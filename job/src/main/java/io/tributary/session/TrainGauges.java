package io.tributary.session;

import io.tributary.flow.RoundGauges;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo.JobVertexDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.metrics.Metric;

/**
 * What each Train subtask of a job last said of its rounds. Flink collects it every ten seconds unless it is told
 * otherwise ({@code metrics.fetcher.update-interval}), so it may be older than that.
 *
 * @param subtasks how many there are, 0 where Flink does not know yet; lists have a value of each that has said it
 * @param rounds that they are in; -1 before the first body
 * @param count rounds of the run, as each says; -1 for one without end
 * @param borders at which they are held; -1 for one that is not
 * @param steps since they were started
 * @param firstSteps when the first of these was done, in milliseconds since 1970; -1 before
 * @param bodyWaits milliseconds since they were started, in which they had closed a round and waited for the next body
 */
public record TrainGauges(
        int subtasks,
        List<Long> rounds,
        List<Long> count,
        List<Long> borders,
        List<Long> steps,
        List<Long> firstSteps,
        List<Long> bodyWaits) {
    private static final String TRAIN = "train";
    /** Names stand in the address of a request, of which Flink takes 4 KiB; one has up to 32 bytes. */
    private static final int NAMES_OF_A_REQUEST = 80;

    private static final List<String> GAUGES = List.of(
            RoundGauges.ROUND,
            RoundGauges.ROUNDS,
            RoundGauges.BORDER,
            RoundGauges.STEPS,
            RoundGauges.FIRST_STEP,
            RoundGauges.BODY_WAIT);

    /** Whether every subtask is held, all at the same border. */
    public boolean atBorder() {
        return subtasks > 0
                && borders.size() == subtasks
                && borders.get(0) >= 0
                && borders.stream().distinct().count() == 1;
    }

    /** How far the run is, once every subtask has a body and has said so. */
    Optional<Progress> progress() {
        boolean all = subtasks > 0 && rounds.size() == subtasks && !count.isEmpty();
        long round = rounds.stream().mapToLong(Long::longValue).min().orElse(-1);
        return all && round >= 0
                ? Optional.of(
                        new Progress(round, count.get(0) < 0 ? OptionalLong.empty() : OptionalLong.of(count.get(0))))
                : Optional.empty();
    }

    /** Asks for them; nothing where the job is not one of Tributary, or Flink does not know yet. */
    static Optional<TrainGauges> ofAny(Session session, JobDetailsInfo job) throws IOException, InterruptedException {
        Optional<JobVertexDetailsInfo> train = job.getJobVertexInfos().stream()
                .filter(vertex -> vertex.getName().equals(TRAIN))
                .findFirst();
        return train.isPresent() ? Optional.of(of(session, job.getJobId(), train.get())) : Optional.empty();
    }

    /** Asks for them. */
    static TrainGauges of(Session session, JobDetailsInfo job) throws IOException, InterruptedException {
        Optional<TrainGauges> gauges = ofAny(session, job);
        // Flink tells of jobs from a cache of some seconds, in which a new one has no operators yet.
        if (gauges.isEmpty() && !job.getJobVertexInfos().isEmpty()) {
            throw new IOException(
                    "The job %s has no operator '%s': it is not one of Tributary".formatted(job.getJobId(), TRAIN));
        }
        return gauges.orElseGet(
                () -> new TrainGauges(0, List.of(), List.of(), List.of(), List.of(), List.of(), List.of()));
    }

    private static TrainGauges of(Session session, JobID job, JobVertexDetailsInfo train)
            throws IOException, InterruptedException {
        int subtasks = train.getParallelism();
        List<String> names = IntStream.range(0, subtasks)
                .boxed()
                .flatMap(index -> GAUGES.stream().map(gauge -> name(index, gauge)))
                .toList();
        Map<String, Long> values = new HashMap<>();
        for (int from = 0; from < names.size(); from += NAMES_OF_A_REQUEST) {
            List<String> some = names.subList(from, Math.min(names.size(), from + NAMES_OF_A_REQUEST));
            for (Metric metric : session.vertexMetrics(job, train.getJobVertexID(), some)) {
                if (metric.getValue() != null) {
                    values.put(metric.getId(), Long.parseLong(metric.getValue()));
                }
            }
        }
        return new TrainGauges(
                subtasks,
                said(values, subtasks, RoundGauges.ROUND),
                said(values, subtasks, RoundGauges.ROUNDS),
                said(values, subtasks, RoundGauges.BORDER),
                said(values, subtasks, RoundGauges.STEPS),
                said(values, subtasks, RoundGauges.FIRST_STEP),
                said(values, subtasks, RoundGauges.BODY_WAIT));
    }

    private static String name(int subtask, String gauge) {
        return subtask + "." + TRAIN + "." + gauge;
    }

    private static List<Long> said(Map<String, Long> values, int subtasks, String gauge) {
        return IntStream.range(0, subtasks)
                .mapToObj(index -> name(index, gauge))
                .filter(values::containsKey)
                .map(values::get)
                .toList();
    }
}
