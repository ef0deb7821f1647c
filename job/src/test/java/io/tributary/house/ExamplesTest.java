package io.tributary.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.config.PipelineSettings;
import io.tributary.config.SettingsFile;
import io.tributary.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesTest {
    private static final Path EXAMPLES = Repository.root().resolve("docs/examples");
    private static final List<String> VARIANTS = List.of("spec", "trim", "glob", "std", "single", "act");

    @ParameterizedTest
    @ValueSource(strings = {"plan.yaml", "pipeline.yaml"})
    void aPlanOfTheExampleFits(String example) throws Exception {
        assertThat(Plan.of(SettingsFile.read(EXAMPLES.resolve(example))).exceeded())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan.yaml", "pipeline.yaml"})
    void theExampleIsPlannedWithEveryVariant(String example) throws Exception {
        for (String variant : VARIANTS) {
            PipelineSettings settings = SettingsFile.parse(with(variant, example));
            assertThat(Plan.of(settings).variant()).startsWith(variant);
        }
    }

    @Test
    void aJobIsMadeOfTheExampleWithEveryVariant() throws Exception {
        JobDefaults cluster = new JobDefaults(Optional.of("127.0.0.1:9092"), Optional.of("file:/snapshots"));
        for (String variant : VARIANTS) {
            JobSettings job = SettingsFile.parseJob(with(variant, "pipeline.yaml"), EXAMPLES, cluster);
            assertThat(job.pipeline().training().sources()).hasSize(3);
        }
    }

    @Test
    void whatKubernetesMountsIsAJobWithoutDefaultsAndFits() throws Exception {
        Path mounted = Repository.root().resolve("k8s/base/pipeline.yaml");
        JobSettings job = SettingsFile.readJob(mounted, List.of(), JobDefaults.none());
        assertThat(job.pipeline().training().sources()).hasSize(2);
        assertThat(Plan.of(SettingsFile.read(mounted)).exceeded()).isEmpty();
    }

    @Test
    void theExampleExplainsEveryKeyThatHasAValue() throws Exception {
        List<String> keys = Files.readAllLines(EXAMPLES.resolve("plan.yaml")).stream()
                .filter(line -> line.matches("\\s*(- )?[\\w.-]+: *[^# ].*"))
                .filter(line -> !line.startsWith("variant:")) // in a paragraph of its own
                .toList();
        assertThat(keys).hasSizeGreaterThan(40).allSatisfy(line -> assertThat(line)
                .contains(" # "));
    }

    private static String with(String variant, String example) throws IOException {
        String yaml = Files.readString(EXAMPLES.resolve(example)).replace("variant: spec", "variant: " + variant);
        return variant.equals("std")
                ? yaml.replaceAll("(innerState: )sync(.*)\n.*MomentEvery.*\n.*MomentEvery.*\n", "$1keep$2\n")
                : yaml;
    }
}
