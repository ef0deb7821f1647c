package io.tributary.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cli.Main;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    @Test
    void theDocumentsNameEveryCommand() throws Exception {
        String documents = readme() + Files.readString(Repository.root().resolve("docs/operations.md"));
        assertThat(Main.commands()).hasSizeGreaterThan(12).allSatisfy(command -> assertThat(documents)
                .containsPattern("(tributary |`)" + command + "\\b"));
    }

    @Test
    void namesEveryArtifactOfTheDemoTextWithItsLicence() throws Exception {
        assertThat(demoText()).isNotEmpty();
        for (String line : demoText()) {
            List<String> columns = List.of(line.split("\t", -1));
            String artifact = columns.get(2).split(":", -1)[1];
            assertThat(readme()).contains(artifact, columns.get(4));
        }
    }

    private static String readme() throws IOException {
        return Files.readString(Repository.root().resolve("README.md"));
    }

    private static List<String> demoText() throws IOException {
        try (InputStream table =
                Objects.requireNonNull(ReadmeTest.class.getResourceAsStream("/io/tributary/corpus/demo-text.tsv"))) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
