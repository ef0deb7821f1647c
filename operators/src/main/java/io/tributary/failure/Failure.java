package io.tributary.failure;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a user can meet and look up. Its message says what happened, where, and what to do. */
public final class Failure extends IOException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    public Failure(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public Failure(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** The code and the message: so a job's failure shows its code in Flink's web interface too. */
    @Override
    @SuppressWarnings(
            "OverrideThrowableToString") // messages are put into others, where a code would stand in mid-sentence
    public String toString() {
        return code.id() + ": " + getMessage();
    }
}
