package io.tributary.cli;

import io.tributary.kafka.ControlTopic;
import io.tributary.session.JobChoice;
import io.tributary.session.JobSummary;
import io.tributary.session.Session;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells a running job to let a source rest, go on, or go. */
@Command(
        name = "sources",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Pause, resume or retire a source of a running job.",
            "",
            "A paused source contributes what it has trained in its round and is not read on; all that it has learnt"
                    + " stays. A retired one is in one more snapshot and is then gone for good: its text stays in Kafka."
        })
final class SourcesCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Parameters(index = "0", paramLabel = "ORDER", description = "One of ${COMPLETION-CANDIDATES}.")
    private Order order = Order.PAUSE;

    @Parameters(index = "1", paramLabel = "NAME", description = "Of the source, as it ends its topic.")
    private String source = "";

    @Option(
            names = "--job",
            paramLabel = "JOB",
            description = "Its id, the beginning of it, or its name (default: the only job that runs).")
    private Optional<String> job = Optional.empty();

    /** What a source can be told. */
    enum Order {
        PAUSE,
        RESUME,
        RETIRE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public List<String> problems() {
        return Stream.concat(cluster.problems().stream(), kafka.problems().stream())
                .toList();
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            JobSummary running = JobChoice.choose(session.jobs(), job, false);
            kafka.orders(running, cluster).send(ControlTopic.place(order.toString(), source, running.id()));
            spec.commandLine()
                    .getOut()
                    .printf(
                            "Told the job %s to %s %s; ./tributary ledger shows when it has%n",
                            running.id(), order, source);
        }
        return ExitCode.OK;
    }
}
