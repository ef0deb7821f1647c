package io.tributary.session;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.util.List;
import java.util.Optional;

/** What lies behind a failure of Flink, which wraps each many times. */
public final class Causes {
    private static final String CAUSED_BY = "Caused by: ";

    private Causes() {}

    /**
     * The failure of a job.
     *
     * @param message with the cause, whose code is in its text if the job knew it
     */
    public static Failure ofJob(String message) {
        return new Failure(ErrorCode.in(message).or(() -> ofSystem(message)).orElse(ErrorCode.JOB_FAILED), message);
    }

    /** What the operating system and the JVM say by their own words. */
    public static Optional<ErrorCode> ofSystem(String text) {
        if (text.contains("No space left on device") || text.contains("Disk quota exceeded")) {
            return Optional.of(ErrorCode.DISK_FULL);
        }
        return text.contains("OutOfMemoryError") ? Optional.of(ErrorCode.OUT_OF_MEMORY) : Optional.empty();
    }

    /** The innermost cause. */
    public static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    /** The innermost cause of a printed stack trace, with the lines of its message. */
    static String root(String stackTrace) {
        List<String> lines = stackTrace.lines().toList();
        int first = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(CAUSED_BY)) {
                first = i;
            }
        }
        List<String> message = lines.subList(first, lines.size()).stream()
                .takeWhile(line -> !line.startsWith("\tat "))
                .toList();
        String text = String.join(System.lineSeparator(), message);
        // REST answers begin with a bracket and the class that carries the message.
        return text.replaceFirst("^(?:" + CAUSED_BY + "|\\[)?(?:\\S*RestHandlerException: )?", "");
    }
}
