package io.tributary.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePointTest {
    private static final String JOB = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    @Test
    void thoseOfAClusterAreFoundByTheTimeOfTheirMetadata() throws Exception {
        Path old = metadata("savepoints/savepoint-012345-aabbcc", 1000);
        Path newest = metadata("checkpoints/" + JOB + "/chk-7", 3000);
        Path middle = metadata("checkpoints/" + JOB + "/chk-6", 2000);
        Files.createDirectories(folder.resolve("checkpoints/" + JOB + "/chk-8"));

        assertThat(RestorePoint.in(folder))
                .extracting(RestorePoint::path)
                .containsExactly("file:" + newest, "file:" + middle, "file:" + old);
        assertThat(RestorePoint.in(folder.resolve("none"))).isEmpty();
    }

    @Test
    void theyAreFoundWhileAJobMakesAndRemovesOthers() throws Exception {
        Path kept = metadata("checkpoints/" + JOB + "/chk-7", 3000);
        AtomicBoolean found = new AtomicBoolean();
        Thread job = new Thread(() -> {
            for (int checkpoint = 100; !found.get(); checkpoint++) {
                try {
                    Files.createDirectory(kept.resolveSibling("chk-" + checkpoint));
                    Files.deleteIfExists(kept.resolveSibling("chk-" + (checkpoint - 20)));
                    // About as long as a look takes, so that some are spoilt and not all.
                    LockSupport.parkNanos(500_000);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        job.start();
        try {
            for (int look = 0; look < 500; look++) {
                assertThat(RestorePoint.in(folder))
                        .extracting(RestorePoint::path)
                        .containsExactly("file:" + kept);
            }
        } finally {
            found.set(true);
            job.join();
        }
    }

    @Test
    void thePathTellsTheJobThatWroteIt() {
        assertThat(RestorePoint.named("/c/" + JOB + "/chk-12").jobIdPrefix()).contains(JOB);
        assertThat(RestorePoint.named("s3://b/savepoint-012345-aabbccddeeff").jobIdPrefix())
                .contains("012345");
        assertThat(RestorePoint.named("/c/mine").jobIdPrefix()).isEmpty();
    }

    @Test
    void aFolderIsNamedByItsMetadataToo() {
        assertThat(RestorePoint.named("/c/mine/_metadata").path()).isEqualTo("file:/c/mine");
        assertThat(RestorePoint.named("file:///c/mine").path()).isEqualTo("file:///c/mine");
    }

    @Test
    void aPlaceThatOnlyTheClusterCanReachIsNotRefused() {
        assertThat(RestorePoint.named("nosuch://bucket/savepoint").problem()).isEmpty();
    }

    @Test
    void aFolderMayTellOfAClusterElsewhereWhoseJobsKeepTheirStateUnderAnotherPlace() throws Exception {
        Path point = metadata("bucket/savepoints/savepoint-012345-aabbcc", 1000);
        Files.writeString(
                folder.resolve("cluster.json"),
                "{\"web\": \"http://jobmanager:8081\", \"kafka\": \"kafka:9092\", \"storage\": \"%s\"}"
                        .formatted(folder.resolve("bucket").toUri()));

        ClusterAddress address = ClusterAddress.in(folder);
        assertThat(address.kafka()).contains("kafka:9092");
        assertThat(RestorePoint.in(address.storage().orElseThrow()))
                .extracting(RestorePoint::path)
                .containsExactly("file:" + point);
        assertThatThrownBy(() -> RestorePoint.in("nosuch://bucket"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nosuch://bucket/savepoints cannot be seen from here")
                .hasMessageContaining("--from PATH");
    }

    private Path metadata(String name, long writtenMs) throws IOException {
        Path file = Files.createDirectories(folder.resolve(name)).resolve("_metadata");
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.fromMillis(writtenMs));
        return folder.resolve(name);
    }
}
