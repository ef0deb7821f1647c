package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsDocsTest {
    private static final Path DOCS = docs();
    private static final Map<String, String> WRITTEN = SettingsDocs.files();
    private static final JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(WRITTEN.get(SettingsDocs.SCHEMA));

    @TempDir
    Path folder;

    @Test
    void theDocumentsAreThoseThatAreWritten() {
        WRITTEN.forEach((name, text) -> assertThat(DOCS.resolve(name))
                .as("to write it anew: ./tributary config --write-docs docs")
                .hasContent(text));
    }

    @Test
    void theyAreWrittenIntoAnyFolder() throws Exception {
        SettingsDocs.write(folder.resolve("new"));
        assertThat(folder.resolve("new/examples/pipeline.yaml")).hasContent(WRITTEN.get("examples/pipeline.yaml"));
        assertThat(folder.resolve("new/configuration.md")).exists();
    }

    @Test
    void aSettingThatIsNotExplainedIsNamed() {
        Setting mystery = new Setting("model.mystery");
        mystery.add(
                Purpose.JOB, new Question("model.mystery", new Question.Kind.Text(), true, false, Optional.empty()));
        ObjectNode texts = JsonNodeFactory.instance.objectNode().put("model.ghost", "of nobody");
        assertThatThrownBy(() -> new Guide(Map.of("model.mystery", mystery), texts))
                .hasMessageContaining("model.mystery is not explained")
                .hasMessageContaining("model.ghost is explained, but no reader asks for it");
    }

    @Test
    void theReferenceHasEverySetting() {
        assertThat(Tour.settings().keySet()).hasSizeGreaterThan(70).allSatisfy(path -> assertThat(
                        WRITTEN.get("configuration.md"))
                .containsAnyOf("`" + path.replace("[]", "[i]") + "`", "\n## " + path + "\n"));
    }

    @ParameterizedTest
    @CsvSource({"plan.yaml", "pipeline.yaml"})
    void theSchemaTakesTheExamples(String example) throws Exception {
        assertThat(faults(example())).isEmpty();
        assertThat(faults(SettingsFile.tree(Files.readString(DOCS.resolve("examples/" + example)))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.widht=3           | widht",
                "kafak={}                | kafak",
                "sources[1].nam=x        | nam",
                "variant=sepc            | variant",
                "model.layers=0          | layers",
                "model.layers=2.5        | layers",
                "model.layers=four       | layers",
                "model.queryKeyNorm=3    | queryKeyNorm",
                "training.adamW.beta1=1  | beta1",
                "holdOut.share=-0.1      | share",
                "rounds.timeout=5MB      | timeout",
                "cluster.heapMemory=4    | heapMemory",
                "name=7                  | name",
                "name=' '                | name",
                "sources=en              | sources",
                "sources[0]={size: 3GB}  | name",
                "rounds={timeout: 3s}    | localSteps",
                "flink=[1]               | flink",
                "outer=5                 | outer"
            })
    void theSchemaRefusesWhatTheReadersRefuse(String mistake, String key) throws Exception {
        ObjectNode wrong = example();
        SetOption.of(mistake).apply(wrong);
        assertThat(faults(wrong)).isNotEmpty().allSatisfy(fault -> assertThat(fault)
                .contains(key));
        JobDefaults cluster = new JobDefaults(Optional.of("127.0.0.1:9092"), Optional.of("/x"));
        assertThatThrownBy(() -> SettingsFile.parseJob(SettingsFile.yaml(wrong), folder, cluster))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(key);
    }

    @Test
    void theSchemaNeedsNoSectionThatMayBeLeftOut() throws Exception {
        ObjectNode small = SettingsFile.tree(EverySettingTest.SMALL);
        small.remove(List.of("sources", "cluster"));
        assertThat(faults(small)).isEmpty();
        small.remove("training");
        assertThat(faults(small)).singleElement().asString().contains("training");
    }

    private static ObjectNode example() throws SettingsException {
        return SettingsFile.tree(Objects.requireNonNull(WRITTEN.get("examples/pipeline.yaml")));
    }

    private static List<String> faults(ObjectNode settings) {
        return SCHEMA.validate(settings).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private static Path docs() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.isDirectory(folder.resolve("docs")) ? folder.resolve("docs") : folder.resolveSibling("docs");
    }
}
