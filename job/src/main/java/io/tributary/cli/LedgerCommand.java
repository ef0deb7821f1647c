package io.tributary.cli;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.ledger.LedgerLine;
import io.tributary.ledger.LedgerReader;
import io.tributary.session.RestorePoint;
import io.tributary.session.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what has become of the text of each source. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Show of each source that all text that was read is trained, queued, held out or a dead letter.",
            "",
            "For a running job a savepoint is taken and removed again, so that all numbers are of one moment. Bytes are those of text in"
                    + " UTF-8; of dead letters those of their values. It is an error if something is missing."
        })
final class LedgerCommand implements Callable<Integer>, Checked {
    private static final String LATEST = "latest";
    private static final List<String> COLUMNS = List.of(
            "source",
            "state",
            "records",
            "consumed",
            "trained",
            "queued",
            "held out",
            "dead",
            "missing",
            "tokens trained");

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Option(
            names = "--from",
            paramLabel = "PATH",
            description = "A savepoint or checkpoint instead of a running job, or latest for the newest one in the"
                    + " folder of the cluster.")
    private Optional<String> from = Optional.empty();

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        if (from.isEmpty()) {
            return cluster.problems();
        }
        return job.isGiven()
                ? List.of("JOB and --from are both given: the ledger is that of a running job, or of a savepoint")
                : List.of();
    }

    @Override
    public Integer call() throws Exception {
        cluster.logToFolder();
        List<LedgerLine> ledger = from.isPresent() ? LedgerReader.read(restorePoint(from.get())) : ofRunning();
        output.print(
                ledger,
                () -> Table.render(
                        COLUMNS, ledger.stream().map(LedgerCommand::cells).toList()));
        List<String> wrong = ledger.stream()
                .filter(line -> line.missingBytes() != 0)
                .map(LedgerLine::source)
                .toList();
        if (!wrong.isEmpty()) {
            throw new Failure(
                    ErrorCode.NOT_EQUAL,
                    "The ledger does not add up for %s: more or less was read than is accounted for".formatted(wrong));
        }
        return ExitCode.OK;
    }

    private List<LedgerLine> ofRunning() throws Exception {
        try (Session session = cluster.open()) {
            return LedgerReader.ofRunning(session, job.running(session), cluster.savepoints(Optional.empty()));
        }
    }

    private String restorePoint(String name) throws IOException {
        RestorePoint point = name.equals(LATEST) ? latest() : RestorePoint.named(name);
        Optional<String> problem = point.problem();
        if (problem.isPresent()) {
            throw new Failure(ErrorCode.SAVEPOINT_BROKEN, "There is no ledger: " + problem.get());
        }
        return point.path();
    }

    private RestorePoint latest() throws IOException {
        List<RestorePoint> points = cluster.restorePoints();
        if (points.isEmpty()) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN, "There is no complete savepoint or checkpoint in " + cluster.storage());
        }
        return points.get(0);
    }

    private static List<String> cells(LedgerLine line) {
        List<String> cells =
                new ArrayList<>(List.of(line.source(), line.standing().name().toLowerCase(Locale.ROOT)));
        for (long number : new long[] {
            line.records(),
            line.consumedBytes(),
            line.trainedBytes(),
            line.queuedBytes(),
            line.heldOutBytes(),
            line.deadBytes(),
            line.missingBytes(),
            line.trainedTokens()
        }) {
            cells.add("%,d".formatted(number));
        }
        return cells;
    }
}
