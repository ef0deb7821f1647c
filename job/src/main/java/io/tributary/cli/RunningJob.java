package io.tributary.cli;

import java.io.IOException;
import java.util.Optional;

/** A job that was started, with the cluster it runs on. */
interface RunningJob extends AutoCloseable {
    /** Where Flink's web interface is. */
    String webUrl();

    /** Why the job has failed, if it has. */
    Optional<Throwable> failure();

    /** Ends the job, and leaves the cluster with its web interface. */
    void cancel() throws IOException, InterruptedException;

    /** Ends the job and the cluster. */
    @Override
    void close() throws IOException;
}
