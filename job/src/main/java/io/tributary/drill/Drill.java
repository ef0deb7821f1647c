package io.tributary.drill;

import io.tributary.corpus.Corpus;
import io.tributary.corpus.Feeder;
import io.tributary.corpus.Topics;
import io.tributary.embedded.ClusterClassPath;
import io.tributary.embedded.ClusterSettings;
import io.tributary.embedded.LocalCluster;
import io.tributary.ledger.LedgerLine;
import io.tributary.session.ClusterAddress;
import io.tributary.session.Session;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A cluster of its own, text in its Kafka, a run that is left alone, and the same run with faults. */
public final class Drill {
    /** Rarely are there more bytes to a token, with so small a vocabulary. */
    private static final long MAX_BYTES_PER_TOKEN = 5;

    private static final long BYTES_BESIDE_TRAINING = 512 << 10;
    private static final int TASK_MANAGER_MEMORY_MIB = 2048;

    private final DrillPlan plan;
    private final ClusterClassPath classPath;
    private final Consumer<String> print;

    /**
     * A drill that is not started yet.
     *
     * @param classPath of the cluster's processes
     * @param print takes a line for whoever watches
     */
    public Drill(DrillPlan plan, ClusterClassPath classPath, Consumer<String> print) {
        this.plan = plan;
        this.classPath = classPath;
        this.print = print;
    }

    /**
     * Runs it; the cluster is stopped at the end, its folder stays.
     *
     * @throws IOException if something does not start, answer or end
     */
    public DrillResult run(List<Corpus> corpora) throws IOException, InterruptedException {
        LocalCluster cluster = LocalCluster.start(plan.folder(), settings(), classPath);
        try (Session session = Session.with(ClusterAddress.of(cluster.webUrl()))) {
            List<String> sources = corpora.stream().map(Corpus::name).toList();
            feed(cluster, corpora, sources);
            DrillRun calm = new DrillRun(cluster, session, plan, "calm", sources);
            print.accept("A run that is left alone: " + cluster.webUrl() + "/#/job/"
                    + calm.job().id());
            calm.awaitEnd();
            List<LedgerLine> calmLedger = end(session, calm);
            print.accept("The same run with %d faults, seed %d".formatted(plan.faults(), plan.seed()));
            DrillRun disturbed = new DrillRun(cluster, session, plan, "disturbed", sources);
            disturbed.awaitMoreSteps();
            List<Recovery> recoveries = new DisturbedRun(cluster, plan, disturbed, print).disturb();
            disturbed.awaitEnd();
            List<LedgerLine> ledger = end(session, disturbed);
            return new DrillResult(
                    SameFiles.differences(calm.snapshots(), disturbed.snapshots()),
                    calmLedger,
                    ledger,
                    recoveries,
                    plan.usefulSteps(sources.size()),
                    disturbed.stepsDone());
        } finally {
            cluster.stop();
        }
    }

    private static List<LedgerLine> end(Session session, DrillRun run) throws IOException, InterruptedException {
        List<LedgerLine> ledger = run.ledger();
        session.cancel(run.job());
        return ledger;
    }

    /** Enough that no source runs dry; the same for both runs. */
    private void feed(LocalCluster cluster, List<Corpus> corpora, List<String> sources)
            throws IOException, InterruptedException {
        long tokens = (long) plan.rounds() * plan.steps() * DrillPlan.tokensPerStep();
        Topics.create(cluster.bootstrapServers(), sources);
        try (Feeder feeder =
                new Feeder(cluster.bootstrapServers(), corpora, tokens * MAX_BYTES_PER_TOKEN + BYTES_BESIDE_TRAINING)) {
            feeder.await();
        }
    }

    private ClusterSettings settings() {
        Map<String, String> flink = new HashMap<>();
        if (plan.adaptive()) {
            // A drill has many changes in a short time; a real cluster had better wait a little after each.
            flink.put("jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling", "0 s");
            flink.put("jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout", "0 s");
            flink.put("jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout", "2 s");
            flink.put("jobmanager.adaptive-scheduler.rescale-trigger.max-delay", "3 s");
        }
        return new ClusterSettings(
                plan.taskManagers(),
                1,
                TASK_MANAGER_MEMORY_MIB,
                1,
                plan.adaptive() ? ClusterSettings.Scheduler.ADAPTIVE : ClusterSettings.Scheduler.DEFAULT,
                0,
                0,
                flink);
    }
}
