package io.tributary.job;

import io.tributary.record.Downstream;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Holds every Train subtask up in the middle of a round: soon after the step with which it announced the round, its mailbox
 * takes no more work. Barriers do not go through that mailbox, so a savepoint can be taken at leisure.
 */
final class MidRoundStop implements OperatorProbe {
    private final long round;
    private final int subtasks;
    private final Map<Site, Integer> mailsLeft = new HashMap<>();
    private final Set<Site> held = new HashSet<>();
    private final Set<Site> closed = new HashSet<>();
    private final Set<Site> savedInside = new HashSet<>();

    /** Holds up every subtask at once or one mail after the step with which it has begun the round, which has three. */
    MidRoundStop(long round, int subtasks) {
        this.round = round;
        this.subtasks = subtasks;
    }

    /** Whether all subtasks are held. */
    synchronized boolean holds() {
        return held.size() == subtasks;
    }

    /** The subtasks that have begun the round and not closed it when their state was written. */
    synchronized Collection<Site> savedInside() {
        return Set.copyOf(savedInside);
    }

    @Override
    public synchronized void emits(Site site, Object out) {
        if (out instanceof Downstream.Participation begun && begun.round() == round) {
            mailsLeft.put(site, site.subtask() % 2);
        } else if (out instanceof Watermark mark && mark.getTimestamp() >= round) {
            closed.add(site);
        }
    }

    @Override
    public synchronized void writesState(Site site) {
        if (mailsLeft.containsKey(site) && !closed.contains(site)) {
            savedInside.add(site);
        }
    }

    private synchronized boolean mayWork(Site site) {
        Integer left = mailsLeft.computeIfPresent(site, (key, mails) -> mails - 1);
        if (left != null && left < 0) {
            held.add(site);
            return false;
        }
        return true;
    }

    @Override
    public MailboxExecutor mailbox(Site site, MailboxExecutor real) {
        return new MailboxExecutor() {
            private final Deque<ThrowingRunnable<? extends Exception>> never = new ArrayDeque<>();

            @Override
            public void execute(
                    MailOptions options,
                    ThrowingRunnable<? extends Exception> command,
                    String description,
                    Object... arguments) {
                real.execute(
                        options,
                        () -> {
                            if (never.isEmpty() && mayWork(site)) {
                                command.run();
                            } else {
                                never.add(command);
                            }
                        },
                        description,
                        arguments);
            }

            @Override
            public void yield() throws InterruptedException {
                real.yield();
            }

            @Override
            public boolean tryYield() {
                return real.tryYield();
            }

            @Override
            public boolean shouldInterrupt() {
                return real.shouldInterrupt();
            }
        };
    }
}
