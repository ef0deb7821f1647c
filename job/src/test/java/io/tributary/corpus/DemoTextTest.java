package io.tributary.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTextTest {
    @TempDir
    Path cache;

    @Test
    void aFileThatIsNotTheExpectedOneIsDeletedAndNamed() throws Exception {
        Path file = Files.writeString(cache.resolve("a-1.jar"), "something else");
        Artifact artifact = new Artifact("g:a:1:jar", "00");
        assertThatThrownBy(() -> artifact.fetch(cache, line -> {}))
                .hasMessageContaining("a-1.jar was not the expected file");
        assertThat(file).doesNotExist();
    }

    @Test
    void aFileThatIsThereIsNotFetched() throws Exception {
        Path file = Files.writeString(cache.resolve("a-1-sources.jar"), "");
        String ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assertThat(new Artifact("g:a:1:jar:sources", ofNothing).fetch(cache, line -> {}))
                .isEqualTo(file);
    }
}
