package io.tributary.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.corpus.Corpus;
import io.tributary.embedded.ClusterClassPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that are really killed; {@code -Dtributary.seed=S} draws other moments. */
class DrillTest {
    private static final long SEED = Long.getLong("tributary.seed", 3);

    private static final int ROUNDS = 6;
    private static final int STEPS = 120;

    @TempDir
    private static Path folder;

    @Test
    void aRunThatIsKilledStoppedAndCancelledEndsAsOneThatIsLeftAlone() throws Exception {
        List<Fault> faults = List.of(Fault.TASKMANAGER, Fault.STOP, Fault.CANCEL);
        DrillPlan plan =
                new DrillPlan(folder.resolve("faults"), SEED, faults.size(), faults, ROUNDS, STEPS, 64, 2, 1_000);
        List<String> seen = new ArrayList<>();
        DrillResult result = new Drill(plan, ClusterClassPath.ofThisJvm(), seen::add).run(corpora());

        assertThat(result.problems()).as("seed %d: %s", SEED, seen).isEmpty();
        assertThat(result.recoveries()).extracting(Recovery::fault).containsExactlyInAnyOrderElementsOf(faults);
        assertThat(result.stepsDone()).isPositive();
        assertThat(result.disturbed()).hasSize(2).allSatisfy(line -> assertThat(line.trainedTokens())
                .isEqualTo((long) ROUNDS * STEPS * DrillPlan.tokensPerStep()));
        assertThat(result.lines()).anyMatch(line -> line.startsWith("All snapshots are equal"));
    }

    /** Two sources of random words. */
    private static List<Corpus> corpora() {
        return Stream.of("one", "two")
                .map(name -> {
                    Random random = new Random(name.hashCode());
                    List<String> words = IntStream.range(0, 200)
                            .mapToObj(i -> Integer.toString(random.nextInt(1 << 20), 36))
                            .toList();
                    return new Corpus(
                            name,
                            IntStream.range(0, 300)
                                    .mapToObj(d -> random.ints(80, 0, words.size())
                                            .mapToObj(words::get)
                                            .collect(Collectors.joining(" ")))
                                    .toList());
                })
                .toList();
    }

    @Test
    void whatDiffersBetweenTwoFoldersIsSaidFileByFile() throws Exception {
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        Files.createDirectories(one.resolve("deep"));
        Files.createDirectories(other.resolve("deep"));
        Files.writeString(one.resolve("deep/same"), "abc");
        Files.writeString(other.resolve("deep/same"), "abc");
        assertThat(SameFiles.differences(one, other)).isEmpty();

        Files.writeString(one.resolve("deep/changed"), "abc");
        Files.writeString(other.resolve("deep/changed"), "abd");
        Files.writeString(other.resolve("deep/more"), "");
        assertThat(SameFiles.differences(one, other))
                .containsExactly("deep/changed differs at byte 2", "deep/more is in " + other + " alone");
    }

    @Test
    void aPlanThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new DrillPlan(folder, 1, 3, List.of(), 4, 40, 64, 2, 1000))
                .hasMessageContaining("kinds of the 3 faults");
        assertThatThrownBy(() -> new DrillPlan(folder, 1, 3, List.of(Fault.LOSS), 4, 40, 64, 1, 1000))
                .hasMessageContaining("last TaskManager");
        assertThatThrownBy(() -> new DrillPlan(folder, 1, 3, List.of(Fault.STOP), 4, 40, 65, 1, 1000))
                .hasMessageContaining("multiple of 16");
    }
}
