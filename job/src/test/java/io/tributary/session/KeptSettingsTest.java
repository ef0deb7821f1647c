package io.tributary.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSettingsTest {
    @TempDir
    Path folder;

    @Test
    void aTextIsKeptWithTheFolderThatItsFilesAreIn() throws Exception {
        Path config = Files.writeString(
                Files.createDirectories(folder.resolve("mine")).resolve("job.yaml"), "# a comment\nvariant: spec\n");
        KeptSettings kept = new KeptSettings(folder.resolve("cluster"));
        KeptSettings.Text text = KeptSettings.Text.of(config).with(List.of("seed=3", "sources[de].size=1GB"));
        kept.keep("abc123", text, "variant: spec\nseed: 3\n");
        kept.keep("abd999", new KeptSettings.Text("variant: glob\n", folder), "");

        assertThat(Files.getPosixFilePermissions(folder.resolve("cluster").resolve("abc123.yaml")))
                .as("it may hold passwords")
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(kept.effective("abc123"))
                .isEqualTo(folder.resolve("cluster").resolve("abc123.effective"))
                .hasContent("variant: spec\nseed: 3\n");
        assertThat(text.folder()).isEqualTo(folder.resolve("mine"));
        assertThat(kept.of("abc")).containsExactly(text);
        assertThat(kept.of("ab")).hasSize(2);
        assertThat(kept.of("f")).isEmpty();
        assertThat(new KeptSettings(folder.resolve("none")).of("abc")).isEmpty();
    }

    @Test
    void aFileOfSomebodyElseIsRefused() throws Exception {
        Files.writeString(folder.resolve("abc.yaml"), "variant: spec\n");
        assertThatThrownBy(() -> new KeptSettings(folder).of("abc"))
                .hasMessageContainingAll("abc.yaml does not begin with", "--config");
    }
}
