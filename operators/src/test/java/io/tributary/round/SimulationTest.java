package io.tributary.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** {@code -Dtributary.seeds=N} tries N seeds, {@code -Dtributary.seed=S} replays one. */
final class SimulationTest {
    @Test
    void whateverHappensEveryBatchIsMergedOnceAndAllBodiesAreEqual() {
        forEverySeed(1000, seed -> new Simulation(Scenario.of(seed)).run());
    }

    @Test
    void crashesRescalesAndLossesDoNotChangeTheBodyWhenNoRoundEndsByTimeout() {
        forEverySeed(200, seed -> {
            Scenario scenario = Scenario.steady(seed);
            Simulation disturbed = new Simulation(scenario);
            disturbed.run();
            Simulation undisturbed = new Simulation(scenario.undisturbed());
            undisturbed.run();

            long fullRounds = scenario.roundsWithoutTimeout();
            assertThat(known(disturbed, fullRounds)).hasSizeGreaterThanOrEqualTo((int) fullRounds);
            known(disturbed, fullRounds).forEach((round, body) -> assertThat(body)
                    .as("round %d", round)
                    .isEqualTo(undisturbed.bodies().getOrDefault(round, List.of())));
        });
    }

    /** The last body may not have reached anyone when a simulation ends. */
    private static Map<Long, List<Long>> known(Simulation simulation, long fullRounds) {
        return simulation.bodies().headMap(fullRounds, true);
    }

    private static void forEverySeed(int seeds, LongConsumer run) {
        Long one = Long.getLong("tributary.seed");
        LongStream all = one != null ? LongStream.of(one) : LongStream.range(0, Long.getLong("tributary.seeds", seeds));
        all.forEach(seed -> {
            try {
                run.accept(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Seed " + seed + " (replay it with -Dtributary.seed=" + seed + ")", e);
            }
        });
    }
}
