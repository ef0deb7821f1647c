package io.tributary.cli;

import io.tributary.record.RoundReport;
import io.tributary.session.JobSummary;
import io.tributary.session.Session;
import io.tributary.tensorboard.EventFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the reports of a job as event files. */
@Command(
        name = "tensorboard",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Write the reports of a job as event files for TensorBoard, until it has ended or Ctrl-C.",
            "",
            "Each source is a run; curves are over the tokens that it has trained. A folder that is there is"
                    + " continued, and no report is written twice: give each training a folder of its own."
        })
final class TensorboardCommand implements Callable<Integer>, Checked {
    private static final Duration LOOK = Duration.ofSeconds(1);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where the event files go.")
    private Path to = Path.of("");

    @Option(names = "--once", description = "Write what there is, and end.")
    private boolean once;

    @Option(
            names = "--all",
            description = "All reports that the cluster's Kafka has, of whichever job, instead of those since the start"
                    + " of one; with --once. Needs no Flink.")
    private boolean all;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(cluster.problems());
        problems.addAll(kafka.problems());
        if (all && !once) {
            problems.add("--all is of no one job, so its end cannot be waited for: give --once too");
        }
        if (all && job.isGiven()) {
            problems.add("JOB and --all are both given: the reports are those of one job, or all");
        }
        return problems;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (EventFolder folder = new EventFolder(to, System.currentTimeMillis())) {
            if (all) {
                writeAll(folder);
            } else {
                try (Session session = cluster.open()) {
                    write(session, job.known(session), folder);
                }
            }
        }
        return ExitCode.OK;
    }

    private void writeAll(EventFolder folder) throws IOException {
        try (ReportReader<RoundReport> reader = ReportReader.ofRounds(kafka.client(cluster))) {
            reader.checkAnswers();
            tell(writeNew(reader, folder), folder);
        }
    }

    private void write(Session session, JobSummary wanted, EventFolder folder)
            throws IOException, InterruptedException {
        try (ReportReader<RoundReport> reader =
                ReportReader.ofRounds(kafka.orders(wanted, cluster).kafka())) {
            reader.checkAnswers();
            reader.skipTo(wanted.started());
            boolean ends = false;
            long written = 0;
            while (!ends) {
                // Asked before the reading, so that the last reports of a job that has ended are read.
                ends = once || hasEnded(session, wanted);
                written += writeNew(reader, folder);
            }
            tell(written, folder);
        }
    }

    private static boolean hasEnded(Session session, JobSummary wanted) throws IOException, InterruptedException {
        Optional<JobSummary> now = session.jobs().stream()
                .filter(each -> each.id().equals(wanted.id()))
                .findFirst();
        return now.map(JobSummary::ended).orElse(true);
    }

    /** Reads up to the end of what there is. */
    private static long writeNew(ReportReader<RoundReport> reader, EventFolder folder) throws IOException {
        long skippedBefore = folder.skipped();
        long read = 0;
        do {
            for (ReportReader.Received<RoundReport> received : reader.poll(LOOK)) {
                folder.add(received.at().toEpochMilli(), received.report());
                read++;
            }
            folder.commit();
        } while (!reader.atEnd());
        return read - (folder.skipped() - skippedBefore);
    }

    private void tell(long written, EventFolder folder) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("%d reports written to %s, %d were there before".formatted(written, to, folder.skipped()));
        out.println("Look at them with: tensorboard --logdir " + to);
    }
}
