package io.tributary.round;

import io.tributary.record.SourceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A world to simulate.
 *
 * @param patient whether the timeout is longer than anything that can hold up a source with data
 * @param loss the share of broadcast records that get lost on the way into a subtask
 * @param crashes how often everything dies and is restored, perhaps onto another number of subtasks
 */
record Scenario(long seed, RoundRules rules, int shards, boolean patient, double loss, int crashes, List<Log> sources) {

    private static final long PATIENT_TIMEOUT_MS = 10_000;

    /** A source's topic: when each batch becomes available. */
    record Log(SourceId id, boolean configured, long[] availableAtMs) {
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
        RoundRules rules = new RoundRules(1 + random.nextInt(5), timeoutMs, maxRounds);
        List<Log> sources = new ArrayList<>();
        int count = 1 + random.nextInt(7);
        for (int i = 0; i < count; i++) {
            sources.add(log(i, random));
        }
        double loss = random.nextBoolean() ? 0 : random.nextDouble() * 0.4;
        return new Scenario(seed, rules, 1 + random.nextInt(4), patient, loss, random.nextInt(4), sources);
    }

    /** All sources known and with data from the start, so that no round ends by timeout before the data does. */
    static Scenario steady(long seed) {
        Scenario any = of(seed);
        List<Log> sources = any.sources.stream()
                .map(log -> new Log(log.id, true, new long[20]))
                .toList();
        RoundRules rules = new RoundRules(any.rules.localSteps(), PATIENT_TIMEOUT_MS, Long.MAX_VALUE);
        return new Scenario(seed, rules, any.shards, true, any.loss, 3, sources);
    }

    Scenario undisturbed() {
        return new Scenario(seed, rules, shards, patient, 0, 0, sources);
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
        return new Log(new SourceId("s" + index, index), random.nextInt(3) > 0, availableAtMs);
    }
}
