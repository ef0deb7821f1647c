package io.tributary.session;

import io.tributary.kafka.ControlTopic;
import java.io.IOException;
import java.time.Duration;

/**
 * Brings a job to rest between two rounds, where a savepoint is smallest and everything in it is of one body.
 *
 * <p>No subtask begins a round that none has begun; so the job rests at the latest after the round that follows the one
 * in which it is told. A restart forgets the order, so it is sent again and again.
 */
public final class RoundBorder {
    private static final Duration SEND_AGAIN = Duration.ofSeconds(15);
    private static final long POLL_MS = 500;

    private final Session session;
    private final Orders orders;

    public RoundBorder(Session session, Orders orders) {
        this.session = session;
        this.orders = orders;
    }

    /**
     * Returns when every subtask rests at the border of the same round, where it stays until it is released or restarted.
     *
     * @throws IOException if that takes longer than the limit, or the job or Kafka does not answer; then it is released
     */
    public void await(JobSummary job, Duration limit) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        try {
            while (!restsAfter(job)) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new IOException(
                            "The job %s did not come to the end of its round within %d s: give it longer with --wait, or stop it in the middle of the round with --now, where nothing is lost either"
                                    .formatted(job.id(), limit.toSeconds()));
                }
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            releaseAfter(e, job);
            throw e;
        }
    }

    private boolean restsAfter(JobSummary job) throws IOException, InterruptedException {
        orders.send(ControlTopic.hold(true, job.id()));
        long untilNanos = System.nanoTime() + SEND_AGAIN.toNanos();
        while (System.nanoTime() < untilNanos) {
            if (session.trainGauges(job).atBorder()) {
                return true;
            }
            Thread.sleep(POLL_MS);
        }
        return false;
    }

    /** Lets a job go on that was to be stopped, and was not. */
    public void releaseAfter(Exception failure, JobSummary job) {
        boolean interrupted = Thread.interrupted();
        try {
            orders.send(ControlTopic.hold(false, job.id()));
        } catch (IOException e) {
            failure.addSuppressed(e);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
