package io.tributary.round;

import io.tributary.record.SourceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A world to simulate.
 *
 * @param patient whether the timeout is longer than anything that can hold up a source with data
 * @param loss the share of broadcast records that get lost on the way into a subtask
 * @param crashes how often everything dies and is restored, perhaps onto another number of subtasks
 * @param holds how often the job is held for a while
 * @param rests how often a source rests for a while
 */
record Scenario(
        long seed,
        RoundRules rules,
        int shards,
        boolean patient,
        double loss,
        int crashes,
        int holds,
        int rests,
        List<Log> sources) {

    private static final long PATIENT_TIMEOUT_MS = 10_000;

    /** A source's topic: when each batch becomes available, and whether its source ends its round early with it. */
    record Log(SourceId id, boolean configured, long[] availableAtMs, boolean[] ends) {
        int size() {
            return availableAtMs.length;
        }

        /** Batches differ in size, but a batch that is read again is the same. */
        long tokens(int from, int to) {
            long tokens = 0;
            for (int batch = from; batch < to; batch++) {
                tokens += 100 + (id.key() * 31L + batch) % 17;
            }
            return tokens;
        }

        /** The batches {@code [from, to)} that are one whole contribution, if the log has enough of them. */
        int endOfRound(int from, int localSteps) {
            int to = from;
            do {
                to++;
            } while (to - from < localSteps && !(to <= size() && ends[to - 1]));
            return to;
        }

        /** Whether it is known and has all its data from the start. */
        boolean steady() {
            return configured && Arrays.stream(availableAtMs).allMatch(ms -> ms == 0);
        }
    }

    static Scenario of(long seed) {
        Random random = new Random(seed);
        boolean patient = random.nextInt(3) == 0;
        long timeoutMs = patient ? PATIENT_TIMEOUT_MS : 5 + random.nextInt(1000);
        long maxRounds = random.nextInt(4) == 0 ? random.nextInt(6) : Long.MAX_VALUE;
        int localSteps = 1 + random.nextInt(5);
        List<Log> sources = new ArrayList<>();
        int count = 1 + random.nextInt(7);
        for (int i = 0; i < count; i++) {
            sources.add(log(i, random));
        }
        double loss = random.nextBoolean() ? 0 : random.nextDouble() * 0.4;
        int shards = 1 + random.nextInt(4);
        int crashes = random.nextInt(4);
        RoundRules rules =
                new RoundRules(localSteps, timeoutMs, maxRounds, sampling(sources, random), ownSteps(sources, random));
        int holds = random.nextInt(4);
        // A source that rests ends its round early, which a patient world does not expect.
        int rests = patient ? 0 : random.nextInt(6);
        return new Scenario(seed, rules, shards, patient, loss, crashes, holds, rests, sources);
    }

    /** With a small share of a few sources the chosen ones often have no data while others have. */
    private static Sampling sampling(List<Log> sources, Random random) {
        double share = List.of(1.0, 0.5, 0.05).get(random.nextInt(3));
        boolean some = random.nextBoolean();
        Set<SourceId> listed = sources.stream()
                .filter(log -> log.configured && (!some || random.nextBoolean()))
                .map(Log::id)
                .collect(Collectors.toSet());
        return new Sampling(share, random.nextLong(), listed);
    }

    private static Map<SourceId, Integer> ownSteps(List<Log> sources, Random random) {
        Map<SourceId, Integer> steps = new HashMap<>();
        if (random.nextBoolean()) {
            sources.stream()
                    .filter(log -> random.nextBoolean())
                    .forEach(log -> steps.put(log.id, 1 + random.nextInt(5)));
        }
        return steps;
    }

    private static boolean[] ends(int size, Random random) {
        boolean[] ends = new boolean[size];
        boolean some = random.nextBoolean();
        for (int batch = 0; batch < size; batch++) {
            ends[batch] = some && random.nextInt(4) == 0;
        }
        return ends;
    }

    /** All sources known and with data from the start: no round of {@link #roundsWithoutTimeout} ends by timeout. */
    static Scenario steady(long seed) {
        Scenario any = of(seed);
        Random random = new Random(~seed);
        List<Log> sources = any.sources.stream()
                .map(log -> new Log(log.id, true, new long[20], ends(20, random)))
                .toList();
        RoundRules rules = new RoundRules(
                any.rules.localSteps(), PATIENT_TIMEOUT_MS, Long.MAX_VALUE, any.rules.sampling(), any.rules.ownSteps());
        return new Scenario(seed, rules, any.shards, true, any.loss, 3, any.holds, 0, sources);
    }

    /** In a steady scenario: rounds until one has no chosen source, or one without enough data. */
    long roundsWithoutTimeout() {
        Map<SourceId, Integer> trained = new HashMap<>();
        for (long round = 0; ; round++) {
            List<Log> chosen = chosen(round);
            for (Log log : chosen) {
                int from = trained.getOrDefault(log.id, 0);
                trained.put(log.id, log.endOfRound(from, rules.steps(log.id)));
            }
            if (chosen.isEmpty() || chosen.stream().anyMatch(log -> trained.getOrDefault(log.id, 0) > log.size())) {
                return round;
            }
        }
    }

    List<Log> chosen(long round) {
        return sources.stream()
                .filter(log -> rules.sampling().chosen(round, log.id))
                .toList();
    }

    Scenario undisturbed() {
        return new Scenario(seed, rules, shards, patient, 0, 0, 0, 0, sources);
    }

    private static Log log(int index, Random random) {
        int kind = random.nextInt(6);
        int size = kind == 0 ? 0 : 1 + random.nextInt(40);
        boolean steady = kind == 1;
        long at = steady || random.nextInt(3) > 0 ? 0 : random.nextInt(5000);
        int rateMs = 1 + random.nextInt(100);
        long[] availableAtMs = new long[size];
        for (int batch = 0; batch < size; batch++) {
            availableAtMs[batch] = at;
            boolean stalls = random.nextInt(15) == 0;
            at += steady ? 0 : random.nextInt(rateMs) + (stalls ? random.nextInt(3000) : 0);
        }
        boolean configured = random.nextInt(3) > 0;
        return new Log(new SourceId("s" + index, index), configured, availableAtMs, ends(size, random));
    }
}
