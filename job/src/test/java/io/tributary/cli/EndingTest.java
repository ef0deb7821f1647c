package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tributary.config.SettingsException;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Which code a failure has that brings none, or has one among its causes. */
class EndingTest {
    private final StringWriter err = new StringWriter();

    @Test
    void aFailureIsSaidWithItsCode() {
        Throwable wrapped = new UncheckedIOException(new Failure(ErrorCode.ENGINE_MISSING, "The engine does not load"));
        assertThat(end(wrapped)).isEqualTo(4);
        assertThat(err.toString()).isEqualToIgnoringNewLines("tributary: TRB-R05: The engine does not load");
    }

    @Test
    void theCodeOfACauseCountsWithTheOutermostMessage() {
        assertThat(end(new IOException("The job cannot start", new SettingsException(List.of("a.b: is missing")))))
                .isEqualTo(2);
        assertThat(err.toString()).isEqualToIgnoringNewLines("tributary: TRB-S02: The job cannot start");
    }

    @Test
    void kafkaOwnErrorsAreKnown() {
        assertThat(Ending.code(new TimeoutException("no answer"))).isEqualTo(ErrorCode.KAFKA_SILENT);
        assertThat(Ending.code(new RuntimeException(new SaslAuthenticationException("no"))))
                .isEqualTo(ErrorCode.KAFKA_LOGIN);
        assertThat(Ending.code(caught(() ->
                        Admin.create(Map.of("bootstrap.servers", "no address")).close())))
                .isEqualTo(ErrorCode.KAFKA_PROPERTIES);
    }

    @Test
    void whatTheSystemRefusesIsAResource() {
        assertThat(Ending.code(caught(EndingTest::fillTheDisk))).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(Ending.code(caught(EndingTest::takeAPortTwice))).isEqualTo(ErrorCode.PORT_TAKEN);
        assertThat(Ending.code(caught(() -> Files.readString(Path.of("/no/such/file")))))
                .isEqualTo(ErrorCode.FILE_ACCESS);
        assertThat(Ending.code(caught(() -> System.load("/no/such/library.so"))))
                .isEqualTo(ErrorCode.ENGINE_MISSING);
        // More than any array has.
        assertThat(Ending.code(caught(() -> System.out.print(new long[Integer.MAX_VALUE].length))))
                .isEqualTo(ErrorCode.OUT_OF_MEMORY);
    }

    @Test
    void aMistakeOfTheProgramIsToBeReportedWithItsTrace() {
        assertThat(end(new IllegalStateException("round 3 twice"))).isEqualTo(1);
        assertThat(err.toString())
                .contains("tributary: TRB-X01: round 3 twice", "Please report", "at io.tributary.cli.EndingTest");
    }

    @Test
    void ctrlCIsNoMistake() {
        assertThat(end(new InterruptedException())).isEqualTo(Ending.INTERRUPTED);
        assertThat(err.toString()).doesNotContain("TRB-");
    }

    @Test
    void theFailureOfAJobHasTheCodeThatTheJobKnew() {
        StringWriter trace = new StringWriter();
        new RuntimeException(
                        "restore failed",
                        new Failure(ErrorCode.STATE_DOES_NOT_FIT, "The savepoint is of another model"))
                .printStackTrace(new PrintWriter(trace));
        assertThat(ErrorCode.in(trace.toString())).contains(ErrorCode.STATE_DOES_NOT_FIT);
        assertThat(ErrorCode.in("TRB-Z99 is none")).isEmpty();
    }

    private int end(Throwable failure) {
        return Ending.of(failure, new PrintWriter(err, true));
    }

    private static Throwable caught(ThrowingCallable call) {
        return catchThrowable(call);
    }

    private static void fillTheDisk() throws IOException {
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            full.write(1);
        }
    }

    private static void takeAPortTwice() throws IOException {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket second = new ServerSocket(first.getLocalPort(), 1, InetAddress.getLoopbackAddress())) {
            throw new IllegalStateException("Two programs listen on " + second.getLocalPort());
        }
    }
}
