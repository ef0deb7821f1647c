package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    @TempDir
    Path folder;

    @Test
    void flinkFindsAFolderWhoseNameHasBlanksAndLettersWithAccents() throws Exception {
        Path there = Files.createDirectories(folder.resolve("my r\u00fcns %20"));
        for (String place : new String[] {Places.uri(there), Places.uri(there.toString())}) {
            assertThat(place).isEqualTo("file:" + there);
            var path = new org.apache.flink.core.fs.Path(place);
            assertThat(path.getFileSystem().exists(path)).isTrue();
            assertThat(Path.of(path.toUri())).isEqualTo(there);
        }
    }

    @Test
    void aUriStaysAsItIs() {
        assertThat(Places.uri("s3://bucket/runs")).isEqualTo("s3://bucket/runs");
        assertThat(Places.uri("file:///c/mine")).isEqualTo("file:///c/mine");
    }
}
