package io.tributary.cli;

import io.tributary.failure.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command line: {@code tributary COMMAND}. */
@Command(
        name = Main.NAME,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = HelpForCommand.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    static final String NAME = "tributary";
    /** What needs no build before it. */
    static final List<String> OF_THE_LAUNCHER = List.of("build", "test");

    /** The launcher prints it too, without having built anything. */
    private static final String USAGE = "usage.txt";

    private final CommandLine line;

    Main() {
        line = new CommandLine(this)
                .addSubcommand(new DemoCommand())
                .addSubcommand(new PlanCommand())
                .addSubcommand(new ConfigCommand())
                .addSubcommand(new ClusterCommand())
                .addSubcommand(new SubmitCommand())
                .addSubcommand(new ListCommand())
                .addSubcommand(new StatusCommand())
                .addSubcommand(new SavepointCommand())
                .addSubcommand(new StopCommand())
                .addSubcommand(new ResumeCommand())
                .addSubcommand(new CancelCommand())
                .addSubcommand(new SourcesCommand())
                .addSubcommand(new LedgerCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new EvaluateCommand())
                .addSubcommand(new GenerateCommand())
                .addSubcommand(new AdaptCommand())
                .addSubcommand(new TopicsCommand())
                .addSubcommand(new FeedCommand())
                .addSubcommand(new DeadLettersCommand())
                .addSubcommand(new DashboardCommand())
                .addSubcommand(new WatchCommand())
                .addSubcommand(new TensorboardCommand())
                .addSubcommand(new DrillCommand())
                .addSubcommand(new BenchCommand())
                .addSubcommand(new CompletionCommand());
        line.getCommandSpec().usageMessage().sectionKeys(List.of(USAGE)).sectionMap(Map.of(USAGE, help -> usage()));
        collectErrors(line);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionStrategy(this::runIfSound);
        line.setExecutionExceptionHandler((failure, command, parsed) -> Ending.of(failure, command.getErr()));
    }

    /** The names of all commands, those of the launcher among them. */
    public static List<String> commands() {
        return Stream.concat(new Main().line.getSubcommands().keySet().stream(), OF_THE_LAUNCHER.stream())
                .toList();
    }

    /** What there is, by groups. */
    public static String usage() {
        try (InputStream text = Objects.requireNonNull(Main.class.getResourceAsStream(USAGE))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one command and ends the JVM with 0, or as {@link io.tributary.failure.Blame} says. */
    public static void main(String[] args) {
        logToState();
        int status;
        try {
            status = new Main().execute(args);
        } catch (OutOfMemoryError | LinkageError e) {
            // Picocli hands over exceptions alone, and these have a reason that a user can mend.
            status = Ending.of(e, new PrintWriter(System.err, true, Charset.defaultCharset()));
        }
        System.exit(status);
    }

    /** Before the first logger is made; commands that have a folder of their own say another place. */
    private static void logToState() {
        if (System.getProperty("tributary.log") == null) {
            try {
                System.setProperty("tributary.log", UserState.file("client.log").toString());
            } catch (IOException e) {
                // Where nothing can be written, what libraries say is not worth a failure.
                System.setProperty("tributary.log", "/dev/null");
            }
        }
    }

    /** All that is wrong is said at once, not one thing at each try. */
    private static void collectErrors(CommandLine command) {
        command.getCommandSpec().parser().collectErrors(true);
        command.getSubcommands().values().forEach(Main::collectErrors);
    }

    int execute(String... args) {
        return line.execute(args);
    }

    CommandLine line() {
        return line;
    }

    @Override
    public void run() {
        line.usage(line.getOut());
    }

    private int runIfSound(ParseResult parsed) {
        List<String> problems = new ArrayList<>();
        try {
            loadFileSystems(parsed);
        } catch (IOException | RuntimeException e) {
            problems.add("the plugins that FLINK_PLUGINS_DIR names cannot be loaded: " + e);
        }
        problems.addAll(problems(parsed));
        if (problems.isEmpty()) {
            return new RunLast().execute(parsed);
        }
        PrintWriter err = line.getErr();
        err.println("tributary: " + ErrorCode.COMMAND_LINE.id() + ": this cannot be run:");
        problems.forEach(problem -> err.println("  - " + problem));
        err.println("Try: tributary help" + names(parsed));
        return ErrorCode.COMMAND_LINE.blame().exitCode();
    }

    /** Before settings are looked at, which may name folders in them. */
    private static void loadFileSystems(ParseResult parsed) throws IOException {
        if (parsed.hasSubcommand()) {
            loadFileSystems(parsed.subcommand());
            return;
        }
        for (CommandSpec options : parsed.commandSpec().mixins().values()) {
            if (options.userObject() instanceof ClusterFolderOption cluster) {
                FileSystems.load(cluster.folder());
            }
        }
    }

    private static List<String> problems(ParseResult parsed) {
        List<String> problems = new ArrayList<>();
        parsed.errors().forEach(error -> problems.add(String.valueOf(error.getMessage())));
        if (parsed.hasSubcommand()) {
            problems.addAll(problems(parsed.subcommand()));
        } else if (parsed.commandSpec().userObject() instanceof Checked command && !parsed.isUsageHelpRequested()) {
            problems.addAll(command.problems());
        }
        return problems;
    }

    /** Of the command that was meant, from the outermost on, each with a blank before it. */
    private static String names(ParseResult parsed) {
        return parsed.hasSubcommand()
                ? " " + parsed.subcommand().commandSpec().name() + names(parsed.subcommand())
                : "";
    }
}
