package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetOptionTest {
    private static final String FILE =
            """
            rounds: {localSteps: 10}
            sources: [{name: en, size: 1GB}, {name: de-at}]
            flink: {execution.checkpointing: {interval: 5s}, a.b.c: 1}
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rounds.localSteps=60     | rounds.localSteps  | /rounds/localSteps                            | 60",
                "rounds.timeout=5m        | rounds.timeout     | /rounds/timeout                               | '\"5m\"'",
                "new.section.key=true     | new.section.key    | /new/section/key                              | true",
                "seed=-3                  | seed               | /seed                                         | -3",
                "seed=                    | seed               | /seed                                         | null",
                "name='7'                 | name               | /name                                         | '\"7\"'",
                "name=a=b                 | name               | /name                                         | '\"a=b\"'",
                "sources[1].size=3GB      | sources[1].size    | /sources/1/size                               | '\"3GB\"'",
                "sources[de-at].size=3GB  | sources[1].size    | /sources/1/size                               | '\"3GB\"'",
                "sources[0]={name: fr}    | sources[0]         | /sources/0/name                               | '\"fr\"'",
                "sources=[{name: it}]     | sources            | /sources/0/name                               | '\"it\"'",
                "flink.a.b.c=2            | flink.a.b.c        | /flink/a.b.c                                  | 2",
                "flink.a.b.d=2            | flink.a.b.d        | /flink/a/b/d                                  | 2"
            })
    void aValueIsPutWhereThePathLeads(String option, String path, String pointer, String value) throws Exception {
        ObjectNode tree = SettingsFile.tree(FILE);
        // What CSV calls a quoted text has lost its quotes.
        String text = option.equals("name=7") ? "name='7'" : option;
        assertThat(SetOption.of(text).apply(tree)).isEqualTo(path);
        assertThat(tree.at(pointer)).hasToString(value);
    }

    @Test
    void aKeyOfFlinkIsTheSameHoweverItIsWritten() throws Exception {
        ObjectNode tree = SettingsFile.tree(FILE);
        assertThat(SetOption.of("flink.execution.checkpointing.interval=1s").apply(tree))
                .isEqualTo("flink.execution.checkpointing.interval");
        assertThat(tree.path("flink")).hasToString("{\"execution.checkpointing\":{\"interval\":\"1s\"},\"a.b.c\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rounds.localSteps   | --set rounds.localSteps: is not of the form PATH=VALUE",
                "=3                  | --set : is not of the form PATH=VALUE",
                "rounds..steps=3     | --set rounds..steps: is not of the form PATH=VALUE",
                "rounds.=3           | --set rounds.: is not of the form PATH=VALUE",
                "[0]=3               | --set [0]: is not of the form PATH=VALUE",
                "sources[0.size=3    | --set sources[0.size: is not of the form PATH=VALUE",
                "sources[2].size=3GB | --set sources[2].size: sources has no entry 2: there are 0 to 1, or by name en, de-at",
                "sources[de-a].x=1   | --set sources[de-a].x: sources has no entry de-a: there are 0 to 1, or by name en, de-at, did you mean de-at?",
                "mine[0].size=3GB    | --set mine[0].size: mine has no entry 0: the list is empty",
                "rounds[0]=3         | --set rounds[0]: rounds is not a list",
                "seed=[1             | --set seed: '[1' is not YAML",
                "rounds.localSteps.x=1 | --set rounds.localSteps.x: rounds.localSteps is not a mapping of keys to values",
            })
    void whatLeadsNowhereIsRefusedByTheOption(String option, String problem) {
        SettingsException refused = catchThrowableOfType(
                SettingsException.class, () -> SetOption.of(option).apply(SettingsFile.tree(FILE)));
        assertThat(refused.problems()).singleElement().asString().startsWith(problem);
    }

    @Test
    void everyProblemHasThePlaceThatItCameFrom() throws Exception {
        Path file =
                Files.writeString(folder.resolve("run.yaml"), EverySettingTest.SMALL.replace("layers: 2", "layers: 0"));
        List<String> sets = List.of("model.widht=3", "sources[de]={name: 7}", "rounds.localSteps=20");
        SettingsException refused = catchThrowableOfType(SettingsException.class, () -> SettingsFile.read(file, sets));
        assertThat(refused.problems(file))
                .hasSize(3)
                .contains(
                        file + ": model.layers: 0 is not between 1 and 512",
                        "--set sources[de]: sources[1].name: 7 is not text: put it between quotes")
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("--set model.widht: there is no such setting, did you mean width?"));
    }

    @Test
    void ofOptionsThatLeadNowhereAllAreNamed() {
        SettingsException refused = catchThrowableOfType(
                SettingsException.class,
                () -> SettingsFile.parseJob(FILE, List.of("seed", "sources[9]=1"), folder, JobDefaults.none()));
        assertThat(refused.problems()).hasSize(2);
    }
}
