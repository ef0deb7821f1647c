package io.tributary.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineSettings;
import io.tributary.config.SettingsFile;
import io.tributary.plan.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExamplesTest {
    private static final Path PLAN = Repository.root().resolve("docs/examples/plan.yaml");

    @Test
    void theExampleOfAPlanFits() throws Exception {
        assertThat(Plan.of(SettingsFile.read(PLAN)).exceeded()).isEmpty();
    }

    @Test
    void theExampleWorksWithEveryVariant() throws Exception {
        for (String variant : List.of("spec", "trim", "glob", "std", "single", "act")) {
            String yaml = Files.readString(PLAN).replace("variant: spec", "variant: " + variant);
            if (variant.equals("std")) {
                yaml = yaml.replaceAll("(innerState: )sync(.*)\n.*MomentEvery.*\n.*MomentEvery.*\n", "$1keep$2\n");
            }
            PipelineSettings settings = SettingsFile.parse(yaml);
            assertThat(Plan.of(settings).variant()).startsWith(variant);
        }
    }

    @Test
    void theExampleExplainsEveryKeyThatHasAValue() throws Exception {
        List<String> keys = Files.readAllLines(PLAN).stream()
                .filter(line -> line.matches("\\s*(- )?\\w+: *[^# ].*"))
                .filter(line -> !line.startsWith("variant:")) // in a paragraph of its own
                .toList();
        assertThat(keys).hasSizeGreaterThan(40).allSatisfy(line -> assertThat(line)
                .contains(" # "));
    }
}
