package io.tributary.cli;

import io.tributary.config.SettingsException;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.KafkaRefusal;
import io.tributary.session.Causes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** How a command ends that fails: with a message that begins with the code, and by who is to blame. */
final class Ending {
    /** As shells say of what ends by Ctrl-C. */
    static final int INTERRUPTED = 130;

    private Ending() {}

    /** Says what happened, and returns the exit code. */
    static int of(Throwable failure, PrintWriter err) {
        if (failure instanceof InterruptedException || failure instanceof InterruptException) {
            err.println("tributary: interrupted");
            return INTERRUPTED;
        }
        ErrorCode code = code(failure);
        err.println("tributary: " + code.id() + ": " + message(failure));
        if (code == ErrorCode.BUG) {
            err.println("This is an error of Tributary itself. Please report it with what follows:");
            failure.printStackTrace(err);
        }
        err.flush();
        return code.blame().exitCode();
    }

    /** The outermost failure that has a code: the others are its causes. */
    static ErrorCode code(Throwable failure) {
        boolean outside = false;
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<ErrorCode> known = known(cause);
            if (known.isPresent()) {
                return known.get();
            }
            outside |= cause instanceof IOException;
        }
        return outside ? ErrorCode.FILE_ACCESS : ErrorCode.BUG;
    }

    private static Optional<ErrorCode> known(Throwable cause) {
        if (cause instanceof Failure failure) {
            return Optional.of(failure.code());
        }
        if (cause instanceof SettingsException) {
            return Optional.of(ErrorCode.SETTINGS);
        }
        if (cause instanceof KafkaException) {
            return Optional.of(KafkaRefusal.of(cause, "", String.valueOf(cause.getMessage()))
                    .code());
        }
        if (cause instanceof BindException) {
            return Optional.of(ErrorCode.PORT_TAKEN);
        }
        if (cause instanceof UnsatisfiedLinkError) {
            return Optional.of(ErrorCode.ENGINE_MISSING);
        }
        if (cause instanceof IOException || cause instanceof OutOfMemoryError) {
            return Causes.ofSystem(cause.toString());
        }
        return Optional.empty();
    }

    /** Messages of the file system's errors are bare paths, and other errors need not have one. */
    private static String message(Throwable failure) {
        if (failure instanceof UncheckedIOException io && io.getCause() instanceof Failure known) {
            return message(known);
        }
        String message = failure.getMessage();
        return message == null || failure instanceof FileSystemException || failure instanceof Error
                ? failure.toString()
                : message;
    }
}
