package io.tributary.drill;

import io.tributary.embedded.LocalCluster;
import io.tributary.session.JobDetails;
import io.tributary.session.JobSummary;
import io.tributary.session.RestorePoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;

/** Does faults to a run, and measures what becomes of each. */
final class DisturbedRun {
    private static final long BROKER_AWAY_MS = 8_000;
    private static final long POLL_MS = 500;

    private final LocalCluster cluster;
    private final DrillPlan plan;
    private final DrillRun run;
    private final Random random;
    private final Consumer<String> print;
    private final List<Recovery> recoveries = new ArrayList<>();
    private final List<Fault> order = new ArrayList<>();

    DisturbedRun(LocalCluster cluster, DrillPlan plan, DrillRun run, Consumer<String> print) {
        this.cluster = cluster;
        this.plan = plan;
        this.run = run;
        this.print = print;
        random = new Random(plan.seed());
    }

    /** All faults, each at a random moment after the recovery from the one before. */
    List<Recovery> disturb() throws IOException, InterruptedException {
        for (int i = 1; i <= plan.faults(); i++) {
            pause(1 + random.nextLong(plan.pauseMs()));
            if (run.finished()) {
                throw new IOException("The run was over after %d of %d faults: give it more rounds or steps"
                        .formatted(i - 1, plan.faults()));
            }
            Fault fault = kind(i - 1);
            for (Recovery recovery : disturb(fault)) {
                recoveries.add(recovery);
                print.accept("%2d  %-34s noticed after %s, first new step after %.1f s"
                        .formatted(
                                i,
                                recovery.what(),
                                recovery.noticedAfterMs().isPresent()
                                        ? "%.1f s"
                                                .formatted(recovery.noticedAfterMs()
                                                                .getAsLong()
                                                        / 1000.0)
                                        : "-",
                                recovery.firstStepAfterMs() / 1000.0));
            }
        }
        return recoveries;
    }

    /** Each kind once, in a drawn order, before any comes again. */
    private Fault kind(int index) {
        if (index % plan.kinds().size() == 0) {
            order.clear();
            order.addAll(plan.kinds());
            Collections.shuffle(order, random);
        }
        return order.get(index % plan.kinds().size());
    }

    private void pause(long millis) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < endNanos) {
            run.look();
            Thread.sleep(POLL_MS);
        }
    }

    private List<Recovery> disturb(Fault fault) throws IOException, InterruptedException {
        run.look();
        return switch (fault) {
            case TASKMANAGER -> {
                String victim = victim();
                long at = kill(victim);
                cluster.startMissing();
                yield List.of(recovery(fault, "kill -9 " + victim, at, plan.taskManagers()));
            }
            case BROKER -> {
                long at = kill(LocalCluster.BROKER);
                long awayMs = random.nextLong(BROKER_AWAY_MS);
                pause(awayMs);
                cluster.startMissing();
                yield List.of(afterwards(fault, "kill -9 broker, away for %.1f s".formatted(awayMs / 1000.0), at));
            }
            case CANCEL -> {
                long at = System.currentTimeMillis();
                JobSummary job = run.job();
                run.session().cancel(job);
                Optional<RestorePoint> from = run.lastCheckpoint();
                run.start(from);
                yield List.of(recovery(
                        fault, "cancel, " + from.map(p -> "resume").orElse("begin anew"), at, plan.taskManagers()));
            }
            case STOP -> {
                long at = System.currentTimeMillis();
                String savepoint = run.session().stop(run.job(), Optional.of(run.savepoints()));
                run.start(Optional.of(RestorePoint.named(savepoint)));
                yield List.of(recovery(fault, "stop in mid-round, resume", at, plan.taskManagers()));
            }
            case LOSS -> {
                String victim = victim();
                long lost = kill(victim);
                Recovery fewer = recovery(fault, "lose " + victim, lost, plan.taskManagers() - 1);
                long back = System.currentTimeMillis();
                cluster.startMissing();
                yield List.of(fewer, recovery(fault, victim + " is back", back, plan.taskManagers()));
            }
            case RESCALE -> {
                int fewerSubtasks = 1 + random.nextInt(Math.max(1, plan.taskManagers() - 1));
                long down = System.currentTimeMillis();
                run.session().rescale(run.job(), fewerSubtasks);
                Recovery fewer = recovery(fault, "rescale to " + fewerSubtasks, down, fewerSubtasks);
                long up = System.currentTimeMillis();
                run.session().rescale(run.job(), plan.taskManagers());
                yield List.of(fewer, recovery(fault, "rescale to " + plan.taskManagers(), up, plan.taskManagers()));
            }
        };
    }

    private String victim() {
        return LocalCluster.TASK_MANAGER + (1 + random.nextInt(plan.taskManagers()));
    }

    private long kill(String process) throws IOException, InterruptedException {
        long at = System.currentTimeMillis();
        cluster.killForcibly(process);
        return at;
    }

    /** Waits until a job that was restarted trains on so many subtasks. */
    private Recovery recovery(Fault fault, String what, long atMs, int subtasks)
            throws IOException, InterruptedException {
        long firstStepMs = run.awaitStepAfter(atMs, subtasks);
        return new Recovery(fault, what, noticed(atMs), firstStepMs - atMs);
    }

    private OptionalLong noticed(long atMs) throws IOException, InterruptedException {
        return run.session().failures(run.job()).stream()
                .mapToLong(Long::longValue)
                .filter(failedMs -> failedMs >= atMs)
                .min()
                .stream()
                .map(failedMs -> failedMs - atMs)
                .findFirst();
    }

    /** Without its broker a job may fail or wait; either way it has recovered when it goes on. */
    private Recovery afterwards(Fault fault, String what, long atMs) throws IOException, InterruptedException {
        JobDetails details = run.session().details(run.job());
        run.awaitMoreSteps();
        return new Recovery(
                fault,
                what + " (" + details.summary().state().toLowerCase(Locale.ROOT) + ")",
                noticed(atMs),
                System.currentTimeMillis() - atMs);
    }
}
