package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterProcessTest {
    private final Process sleeping = start("exec sleep 1000");

    @AfterEach
    void end() {
        sleeping.destroyForcibly();
    }

    @Test
    void knowsAProcessThatRuns() {
        ClusterProcess process = known(sleeping.pid());
        assertThat(process.alive()).isTrue();
        assertThat(process.uptime())
                .hasValueSatisfying(time -> assertThat(time).isBetween(Duration.ZERO, Duration.ofHours(1)));
        assertThat(process.residentBytes())
                .hasValueSatisfying(bytes -> assertThat(bytes).isPositive());
        assertThat(known(sleeping.pid())).isEqualTo(process);
    }

    @Test
    void endsAProcess() throws Exception {
        ClusterProcess process = known(sleeping.pid());
        process.terminate();
        sleeping.waitFor();
        assertThat(process.alive()).isFalse();
        assertThat(process.uptime()).isEmpty();
        assertThat(process.residentBytes()).isEmpty();
        assertThat(ClusterProcess.of("gone", sleeping.pid())).isEmpty();
    }

    @Test
    void neverSignalsAnotherProcessThatHasThePidNow() {
        ClusterProcess now = known(sleeping.pid());
        ClusterProcess before = new ClusterProcess(now.name(), now.pid(), now.startTicks() - 1, now.boot());
        ClusterProcess beforeBoot = new ClusterProcess(now.name(), now.pid(), now.startTicks(), "another");
        for (ClusterProcess old : new ClusterProcess[] {before, beforeBoot}) {
            assertThat(old.alive()).isFalse();
            old.terminate();
            old.kill();
        }
        assertThat(now.alive()).isTrue();
    }

    @Test
    void aProcessThatNobodyWaitedForHasEnded() throws Exception {
        // The shell becomes a program that waits for no child.
        Process parent = start("sleep 1000 & echo $!; exec sleep 1000");
        try (BufferedReader out = parent.inputReader()) {
            ClusterProcess child = known(Long.parseLong(out.readLine()));
            while (!Files.readString(Path.of("/proc/" + parent.pid() + "/comm")).startsWith("sleep")) {
                Thread.onSpinWait();
            }
            child.kill();
            while (child.alive()) {
                Thread.onSpinWait();
            }
            assertThat(Path.of("/proc/" + child.pid())).exists();
        } finally {
            parent.destroyForcibly();
        }
    }

    private static ClusterProcess known(long pid) {
        return ClusterProcess.of("test", pid).orElseThrow();
    }

    private static Process start(String script) {
        try {
            return new ProcessBuilder("/bin/sh", "-c", script).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
