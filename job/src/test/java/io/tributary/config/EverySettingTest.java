package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tributary.config.Question.Kind;
import io.tributary.config.Tour.Beside;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever setting a reader asks for, also one that is new: it is refused when it is wrong, and it has an effect. */
class EverySettingTest {
    /** Every key that is needed, and no other. */
    static final String SMALL =
            """
            model: {layers: 2, width: 64, heads: 4, sequenceLength: 32}
            variant: spec
            vocabulary: {pieces: 500}
            sources: [{name: en}, {name: de}]
            training: {batchRows: 4, learningRate: {peak: 1e-3}}
            rounds: {localSteps: 10, count: 5}
            cluster: {subtasks: 2, tokensPerSecond: 1000, networkBandwidth: 1Gbit/s}
            """;

    private static final JobDefaults CLUSTER =
            new JobDefaults(Optional.of("127.0.0.1:9092"), Optional.of("file:/there"));
    private static final Map<String, Setting> SETTINGS = Tour.settings();

    /** Values that are not just any of their kind, and what else they need. */
    private static final Map<String, List<String>> SPECIAL = Map.of(
            "vocabulary.file", List.of("vocabulary.file=words.model", "vocabulary.pieces=null", "variant=trim"),
            "sources[].vocabulary", List.of("sources[0].vocabulary=words.model"),
            "snapshots.folder", List.of("snapshots.folder=/elsewhere"));

    @TempDir
    static Path folder;

    @BeforeAll
    static void writeFiles() throws Exception {
        Files.writeString(folder.resolve("small.yaml"), SMALL);
        VocabularyTrainer trainer = new VocabularyTrainer(300);
        trainer.add("the rivers of the valley run to the sea, and the sea is not full");
        Files.write(folder.resolve("words.model"), trainer.train());
    }

    static Collection<Setting> settings() {
        return SETTINGS.values();
    }

    /** But those that need a model to begin with, which InitSettingsTest has. */
    static List<Setting> settingsWithAValue() {
        return SETTINGS.values().stream()
                .filter(setting ->
                        !setting.path().startsWith("init.") && !setting.path().equals("sources[].embeddings"))
                .filter(setting -> !(setting.kind() instanceof Kind.Mapping || setting.kind() instanceof Kind.Mappings))
                .toList();
    }

    @Test
    void withoutAChangeTheSettingsAreTheSame() throws Exception {
        for (Purpose purpose : Purpose.values()) {
            assertThat(made(purpose, List.of())).isEqualTo(made(purpose, List.of()));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aWrongValueIsRefusedWithItsPathTheValueAndWhatItMayBe(Setting setting) {
        for (Refused refused : wrong(setting.kind())) {
            String path = path(setting.path());
            List<String> sets = beside(setting);
            sets.add(path + "=" + refused.value());
            SettingsException refusal = catchThrowableOfType(SettingsException.class, () -> made(Purpose.JOB, sets));
            assertThat(refusal).as("%s=%s", path, refused.value()).isNotNull();
            assertThat(refusal.problems()).anySatisfy(problem -> assertThat(problem)
                    .startsWith("--set " + path + ": ")
                    .contains(refused.value(), refused.says()));
        }
    }

    @ParameterizedTest
    @MethodSource("settingsWithAValue")
    void anotherValueMakesAnotherRun(Setting setting) throws Exception {
        List<String> before = beside(setting);
        boolean changes = false;
        for (Purpose purpose : Purpose.values()) {
            Object unchanged = made(purpose, before);
            for (List<String> sets : other(setting)) {
                List<String> all = new ArrayList<>(before);
                all.addAll(sets);
                try {
                    changes |= !made(purpose, all).equals(unchanged);
                } catch (SettingsException e) {
                    // Some do not go with the other settings; one has to.
                }
            }
        }
        assertThat(changes).as("an effect of %s", setting.path()).isTrue();
    }

    private record Refused(String value, String says) {}

    private static List<Refused> wrong(Kind kind) {
        List<Refused> wrong = new ArrayList<>();
        if (kind instanceof Kind.Whole whole) {
            wrong.add(new Refused("many", "is not a whole number"));
            if (whole.least() > Long.MIN_VALUE) {
                wrong.add(new Refused(String.valueOf(whole.least() - 1), "is not between"));
            }
            if (whole.most() < Long.MAX_VALUE) {
                wrong.add(new Refused(String.valueOf(whole.most() + 1), "is not between"));
            }
        } else if (kind instanceof Kind.Decimal number) {
            wrong.add(new Refused("many", "is not a number"));
            wrong.add(new Refused("-1", "is not " + number.interval().text()));
            if (number.interval().high() <= 1) {
                wrong.add(new Refused("2", "is not " + number.interval().text()));
            }
        } else if (kind instanceof Kind.Choice choice) {
            wrong.add(new Refused("neither", "is not one of " + String.join(", ", choice.words())));
        } else if (kind instanceof Kind.Quantity quantity) {
            wrong.add(new Refused("7", "is not " + quantity.unit().example()));
            wrong.add(new Refused("7 miles", "is not " + quantity.unit().example()));
        } else if (kind instanceof Kind.Text) {
            wrong.add(new Refused("7", "is not text: put it between quotes"));
        } else if (kind instanceof Kind.Mappings) {
            wrong.add(new Refused("7", "is not a list"));
        } else {
            wrong.add(new Refused("7", "is not a mapping of keys to values"));
        }
        return wrong;
    }

    /** Other answers, each as the options that give it. */
    private static List<List<String>> other(Setting setting) {
        if (SPECIAL.containsKey(setting.path())) {
            return List.of(SPECIAL.get(setting.path()));
        }
        List<String> values = values(setting.kind());
        return values.stream()
                .map(value -> {
                    List<String> sets = new ArrayList<>();
                    if (setting.kind() instanceof Kind.Choice) {
                        sets.addAll(needs(new Beside(setting.path(), value)));
                    }
                    sets.add(path(setting.path()) + "=" + value);
                    return sets;
                })
                .toList();
    }

    private static List<String> values(Kind kind) {
        if (kind instanceof Kind.Choice choice) {
            return choice.words();
        } else if (kind instanceof Kind.Quantity quantity) {
            return quantity.unit().units().stream().map(unit -> 77 + unit).toList();
        } else if (kind instanceof Kind.Free) {
            return List.of("{some.key: some value}");
        } else if (kind instanceof Kind.TextLists) {
            return List.of("{some: [text]}");
        } else if (kind instanceof Kind.Text) {
            return List.of("other");
        }
        return List.of("1", "2", "3", "8", "0.25", "0.5", "100", "1000", "100000");
    }

    /** What has to be said so that a setting is asked for. */
    private static List<String> beside(Setting setting) {
        List<String> sets = new ArrayList<>();
        setting.onlyBeside().stream().findFirst().ifPresent(answer -> {
            sets.add(path(answer.path()) + "=" + answer.word());
            sets.addAll(needs(answer));
        });
        return sets;
    }

    /** What is needed beside an answer. */
    private static List<String> needs(Beside answer) {
        return SETTINGS.values().stream()
                .filter(other -> other.needed() && other.onlyBeside().equals(Set.of(answer)))
                .filter(other -> !(other.kind() instanceof Kind.Mapping))
                .map(other -> path(other.path()) + "="
                        + (other.kind() instanceof Kind.Choice choice
                                ? choice.words().get(0)
                                : "7"))
                .toList();
    }

    private static String path(String pattern) {
        return pattern.replace("[]", "[0]");
    }

    private static List<Object> made(Purpose purpose, List<String> sets) throws SettingsException {
        if (purpose == Purpose.PLAN) {
            return List.of(SettingsFile.read(folder.resolve("small.yaml"), sets));
        }
        JobSettings job = SettingsFile.parseJob(SMALL, sets, folder, CLUSTER);
        return List.of(job.name(), job.pipeline(), job.kafka(), job.flink(), job.subtasks());
    }
}
