package io.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.PipelineSettings;
import io.tributary.config.SettingsException;
import io.tributary.config.SettingsFile;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Three sources on two subtasks: {@code a} on the first, {@code b} and {@code c} on the second. */
class PlanTest {
    private static final String SETTINGS =
            """
            model: {layers: 2, width: 64, heads: 4, sequenceLength: 32}
            variant: spec
            vocabulary: {pieces: 500}
            sources:
              - {name: a, size: 100B}
              - {name: b, pieces: 300, heldPieces: 400, size: 400B}
              - {name: c, heldPieces: 200, size: 900B}
            training:
              batchRows: 4
              queue: 1MiB
              learningRate: {peak: 1e-3}
            rounds: {localSteps: 10, count: 5}
            cluster: {subtasks: 2, tokensPerSecond: 128, networkBandwidth: 1MB/s}
            """;

    private static final long BODY = 100_096;
    private static final long POSITIONS = 32 * 64;
    private static final long TABLE = 500 * 64;

    @Test
    void parametersAreCountedBySourceAndSharedOnesOnceForTheRun() throws Exception {
        Plan spec = plan(SETTINGS);
        assertThat(spec.sources()).extracting(SourceCost::model).containsExactly("a", "b", "c");
        assertThat(spec.sources()).extracting(SourceCost::subtask).containsExactly(0, 1, 1);
        assertThat(spec.sources().get(1).parameters()).isEqualTo(new GroupSizes(BODY, 300 * 64, POSITIONS));
        assertThat(spec.parameters()).isEqualTo(new GroupSizes(BODY, 1300 * 64, 3 * POSITIONS));
        assertThat(spec.sources().get(1).flopsPerToken()).isEqualTo(6.0 * (BODY + 300 * 64) + 12 * 2 * 64 * 32);

        assertThat(plan(variant("glob")).parameters()).isEqualTo(new GroupSizes(BODY, TABLE, POSITIONS));
        assertThat(plan(variant("trim")).parameters()).isEqualTo(new GroupSizes(BODY, TABLE, POSITIONS));
        assertThat(plan(variant("single")).parameters()).isEqualTo(new GroupSizes(3 * BODY, 1300 * 64, 3 * POSITIONS));
        Plan std = plan(variant("std"));
        assertThat(std.sources()).extracting(SourceCost::model).containsExactly("mixture");
        assertThat(std.parameters()).isEqualTo(new GroupSizes(BODY, TABLE, POSITIONS));
    }

    @Test
    void deviceMemoryOfSpecIsThatOfItsParts() throws Exception {
        SubtaskMemory device = plan(SETTINGS).device();
        assertThat(device.subtask()).isEqualTo(1);
        assertThat(device.models()).containsExactly("b", "c");
        long embeddings = 800 * 64 + 2 * POSITIONS;
        assertThat(bytes(device.parts(), "own weights")).isEqualTo(4 * embeddings);
        assertThat(bytes(device.parts(), "AdamW moments")).isEqualTo(8 * (2 * BODY + embeddings));
        assertThat(bytes(device.parts(), "working copies")).isEqualTo(4 * 2 * BODY);
        assertThat(bytes(device.parts(), "shared, two rounds")).isEqualTo(2 * 4 * BODY);
        // One step at a time: that of c, which has more pieces; 4 x 32 tokens.
        assertThat(bytes(device.parts(), "gradients")).isEqualTo(4 * (BODY + TABLE + POSITIONS));
        assertThat(bytes(device.parts(), "rounded parameters")).isZero();
        assertThat(bytes(device.parts(), "gradients of layers")).isEqualTo(4 * BODY);
        assertThat(bytes(device.parts(), "activations")).isEqualTo(128 * 2 * 64 * 16 * 4 * 5 / 4);
        assertThat(bytes(device.parts(), "logits")).isEqualTo(128 * 500 * 4);
    }

    @Test
    void bf16HalvesLayersAndAddsRoundedParametersAndSharesOfAttention() throws Exception {
        List<Part> parts = plan(SETTINGS.replace("heads: 4", "heads: 4, precision: bf16"))
                .device()
                .parts();
        assertThat(bytes(parts, "rounded parameters")).isEqualTo(2 * (BODY + 2 * TABLE));
        assertThat(bytes(parts, "packed embedding")).isEqualTo(2 * TABLE);
        assertThat(bytes(parts, "activations")).isEqualTo(128 * 2 * (64 * 16 + 4 * 32) * 2 * 5 / 4);
    }

    @Test
    void trimHoldsItsRowsForEachSourceAndAllElseOnce() throws Exception {
        Plan trim = plan(variant("trim"));
        List<Part> device = trim.device().parts();
        assertThat(bytes(device, "own weights")).isZero();
        assertThat(bytes(device, "working copies")).isEqualTo(4 * (2 * BODY + 600 * 64 + 2 * POSITIONS));
        assertThat(bytes(device, "shared, two rounds")).isEqualTo(8 * (BODY + POSITIONS + 600 * 64));
        // The whole table is merged, with an id and a weight for each row.
        assertThat(bytes(trim.checkpoint(), "open sums")).isEqualTo(8 * (BODY + TABLE + POSITIONS) + 12 * 500);
    }

    @Test
    void aModelThatSharesNothingIsItsOwn() throws Exception {
        Plan single = plan(variant("single"));
        assertThat(bytes(single.device().parts(), "own weights")).isEqualTo(4 * (2 * BODY + 800 * 64 + 2 * POSITIONS));
        assertThat(bytes(single.device().parts(), "shared, two rounds")).isZero();
        assertThat(bytes(single.heap().parts(), "open sums")).isZero();
        assertThat(single.time().communicationSeconds()).isZero();
    }

    @Test
    void mergingHoldsSumsAndValuesOfEveryTensorAndMomentaOfParameters() throws Exception {
        String sync = variant("glob").replace("batchRows: 4", "batchRows: 4\n  innerState: sync");
        Plan glob = plan(sync + "outer: {optimizer: fedadam, shardValues: 65536}\n");
        long shared = BODY + TABLE + POSITIONS;
        assertThat(bytes(glob.checkpoint(), "open sums")).isEqualTo(8 * 3 * shared);
        assertThat(bytes(glob.device().parts(), "shared, two rounds")).isEqualTo(4 * (3 + 1) * shared);
        assertThat(bytes(glob.heap().parts(), "shards coming back")).isEqualTo(4 * 3 * shared);
        assertThat(bytes(glob.checkpoint(), "outer optimizer")).isEqualTo(4 * (3 + 2) * shared);
    }

    @Test
    void heapOfTheSubtasksIsThatOfAllShards() throws Exception {
        Layout layout = Layout.of(SettingsFile.parse(variant("glob")));
        MergeState merge = MergeState.of(layout);
        assertThat(Arrays.stream(merge.sumsP()).sum()).isEqualTo(8 * (BODY + TABLE + POSITIONS));
        SubtaskMemory heap = HeapMemory.worst(layout, merge);
        assertThat(bytes(heap.parts(), "queues")).isEqualTo((long) heap.models().size() << 20);
        assertThat(bytes(heap.parts(), "shards coming back")).isEqualTo(4 * (BODY + TABLE + POSITIONS));
        assertThat(bytes(heap.parts(), "open sums")).isEqualTo(merge.sumsP()[heap.subtask()]);
    }

    @Test
    void trafficIsTheMeanOverTheRounds() throws Exception {
        PipelineSettings settings = SettingsFile.parse(SETTINGS.replace(
                "batchRows: 4", "batchRows: 4\n  innerState: sync\n  firstMomentEvery: 2\n  secondMomentEvery: 4"));
        for (Variant variant : Variant.values()) {
            for (Replica replica : Replica.of(settings, variant)) {
                long sent = 0;
                for (int round = 0; round < 4; round++) {
                    RoundBytes bytes = new RoundBytes(
                            settings.shape(),
                            variant,
                            replica.pieces(),
                            500,
                            32,
                            settings.merging().innerState(),
                            round);
                    sent += Arrays.stream(ParameterGroup.values())
                                    .mapToLong(bytes::sent)
                                    .sum()
                            + bytes.rowIds();
                }
                Traffic traffic = traffic(Plan.of(settings), variant.name().toLowerCase(Locale.ROOT), replica.name());
                assertThat(traffic.sent().total()).isEqualTo(sent / 4);
                assertThat(traffic.sentPerStep()).isEqualTo(traffic.sent().total() / 10.0);
            }
        }
    }

    @Test
    void dataParallelismSendsEveryParameterAtEveryStep() throws Exception {
        Traffic parallel = traffic(plan(SETTINGS), Traffic.DATA_PARALLEL, "b");
        assertThat(parallel.sentPerStep()).isEqualTo(4.0 * (BODY + TABLE + POSITIONS));
        assertThat(parallel.sent()).isEqualTo(new GroupBytes(40 * BODY, 40 * TABLE, 40 * POSITIONS, 0));
    }

    @Test
    void timeIsThatOfTheSubtaskThatTakesLongest() throws Exception {
        RunTime time = plan(SETTINGS).time();
        // Two sources of 10 steps of 128 tokens, at 128 tokens a second.
        assertThat(time.trainSeconds()).isEqualTo(20);
        // Two bodies go, one comes, at a megabyte a second.
        assertThat(time.communicationSeconds()).isCloseTo(3 * 4 * BODY / 1e6, within(1e-9));
        assertThat(time.totalSeconds()).isCloseTo(5 * (20 + time.communicationSeconds()), within(1e-9));

        RunTime third = plan(SETTINGS.replace("count: 5", "count: 5, participation: 0.3"))
                .time();
        assertThat(third.sourcesPerRound()).isEqualTo(1);
        assertThat(third.trainSeconds()).isEqualTo(10);
        RunTime more = plan(SETTINGS.replace("count: 5", "count: 5, participation: 0.34"))
                .time();
        assertThat(more.sourcesPerRound()).isEqualTo(2);
    }

    @Test
    void sharesOfAMixtureGoWithSizesToThePowerOfTheTemperature() throws Exception {
        assertThat(plan(variant("std") + "mixture: {temperature: 0.5}\n")
                        .mixture()
                        .values())
                .containsExactly(10 / 60.0, 20 / 60.0, 30 / 60.0);
        assertThat(plan(SETTINGS).mixture()).isEmpty();
    }

    @Test
    void whatExceedsALimitIsSaidWithWhatWouldHelp() throws Exception {
        assertThat(plan(SETTINGS).fits()).isTrue();
        Plan tight = plan(SETTINGS.replace(
                        "subtasks: 2", "subtasks: 2, deviceMemory: 1MiB, heapMemory: 1MiB, checkpointSize: 1MiB")
                .replace("count: 5", "count: 5, timeout: 15s"));
        assertThat(tight.fits()).isFalse();
        assertThat(tight.exceeded()).hasSize(4);
        assertThat(tight.exceeded().get(0))
                .startsWith("cluster.deviceMemory: subtask 1 needs ")
                .contains("more than the limit of 1.00 MiB; most of it is AdamW moments")
                .contains("raise cluster.subtasks");
        assertThat(tight.exceeded().get(1)).startsWith("cluster.heapMemory: ").endsWith("lower training.queue");
        assertThat(tight.exceeded().get(2)).startsWith("cluster.checkpointSize: a checkpoint needs ");
        assertThat(tight.exceeded().get(3))
                .startsWith("rounds.timeout: the steps of a round take 20 s, 5 s more than the timeout of 15 s");
    }

    @Test
    void aLimitThatIsMetExactlyHolds() throws Exception {
        long needed = plan(SETTINGS).device().bytes();
        assertThat(plan(SETTINGS.replace("subtasks: 2", "subtasks: 2, deviceMemory: " + needed + "B"))
                        .fits())
                .isTrue();
        assertThat(plan(SETTINGS.replace("subtasks: 2", "subtasks: 2, deviceMemory: " + (needed - 1) + "B"))
                        .exceeded())
                .singleElement()
                .asString()
                .contains(" 1 B more than the limit");
    }

    @Test
    void theLargestSettingsStayInTheRangeOfALong() throws Exception {
        String largest = variant("glob")
                .replace(
                        "layers: 2, width: 64, heads: 4, sequenceLength: 32",
                        "layers: 512, width: 16384, heads: 64, sequenceLength: 1048576")
                .replace("pieces: 500", "pieces: 10000000")
                .replace("batchRows: 4", "batchRows: 4096")
                .replace("localSteps: 10", "localSteps: 1000000");
        Plan plan = plan(largest + "outer: {shardValues: 67108864}\n");
        assertThat(plan.device().bytes()).isPositive();
        assertThat(plan.checkpoint())
                .allSatisfy(part -> assertThat(part.bytes()).isNotNegative());
        assertThat(plan.traffic())
                .allSatisfy(traffic -> assertThat(traffic.sent().total()).isNotNegative());
    }

    private static String variant(String name) {
        return SETTINGS.replace("variant: spec", "variant: " + name);
    }

    private static Plan plan(String yaml) throws SettingsException {
        return Plan.of(SettingsFile.parse(yaml));
    }

    private static long bytes(List<Part> parts, String name) {
        return parts.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow()
                .bytes();
    }

    private static Traffic traffic(Plan plan, String method, String source) {
        return plan.traffic().stream()
                .filter(each -> each.method().equals(method) && each.source().equals(source))
                .findFirst()
                .orElseThrow();
    }
}
