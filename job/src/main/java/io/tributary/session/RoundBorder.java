package io.tributary.session;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.ControlTopic;
import io.tributary.record.Downstream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a job between two rounds, where a savepoint is smallest and everything in it is of one body.
 *
 * <p>No subtask begins a round that none has begun; so the job rests at the latest after the round that follows the one
 * in which it is told. The order lapses and a restart forgets it, so it is sent again and again until the job has ended:
 * a program that dies meanwhile leaves a job that goes on within a minute.
 */
public final class RoundBorder {
    private static final Logger LOG = LoggerFactory.getLogger(RoundBorder.class);
    /** Some orders may be late before the hold lapses. */
    private static final Duration SEND_AGAIN = Downstream.Hold.LAPSES_AFTER.dividedBy(4);

    private static final long POLL_MS = 500;

    private final Session session;
    private final Orders orders;

    public RoundBorder(Session session, Orders orders) {
        this.session = session;
        this.orders = orders;
    }

    /**
     * Takes a savepoint when every subtask rests at the border of the same round, and ends the job with it.
     *
     * @param folder as for {@link Session#savepoint}
     * @param limit how long to wait for the border
     * @return the path of the savepoint
     * @throws IOException if the border takes longer, or the job or Kafka does not answer; then the job goes on
     */
    public String stop(JobSummary job, Optional<String> folder, Duration limit)
            throws IOException, InterruptedException {
        orders.send(ControlTopic.hold(true, job.id()));
        ScheduledExecutorService repeating = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused = repeating.scheduleWithFixedDelay(
                    () -> repeat(job), SEND_AGAIN.toMillis(), SEND_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            await(job, limit);
            return session.stop(job, folder);
        } catch (IOException | InterruptedException | RuntimeException e) {
            end(repeating);
            releaseAfter(e, job);
            throw e;
        } finally {
            end(repeating);
        }
    }

    private void await(JobSummary job, Duration limit) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!session.trainGauges(job).atBorder()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new Failure(
                        ErrorCode.BUSY,
                        "The job %s did not come to the end of its round within %d s: give it longer with --wait, or stop it in the middle of the round with --now, where nothing is lost either"
                                .formatted(job.id(), limit.toSeconds()));
            }
            Thread.sleep(POLL_MS);
        }
    }

    private void repeat(JobSummary job) {
        try {
            orders.send(ControlTopic.hold(true, job.id()));
        } catch (IOException e) {
            LOG.warn("The job {} may begin its next round before it is stopped", job.id(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No repetition may overtake the release. */
    private static void end(ScheduledExecutorService repeating) {
        repeating.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            repeating.awaitTermination(SEND_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets a job go on that was to be stopped, and was not. */
    private void releaseAfter(Exception failure, JobSummary job) {
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
