package io.tributary.cli;

import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigConstants;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command line: {@code tributary COMMAND}. */
@Command(
        name = "tributary",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Continual pre-training of language models from Kafka, with embeddings of its own for each source.",
        footer = {"", "The launcher also knows: build, test."})
public final class Main implements Runnable {
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
                .addSubcommand(new TopicsCommand())
                .addSubcommand(new FeedCommand())
                .addSubcommand(new DeadLettersCommand())
                .addSubcommand(new DashboardCommand())
                .addSubcommand(new WatchCommand())
                .addSubcommand(new TensorboardCommand())
                .addSubcommand(new DrillCommand())
                .addSubcommand(new BenchCommand());
        collectErrors(line);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionStrategy(this::runIfSound);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("tributary: " + message(failure));
            return ExitCode.SOFTWARE;
        });
    }

    /** The names of all commands. */
    public static List<String> commands() {
        return List.copyOf(new Main().line.getSubcommands().keySet());
    }

    /** Runs one command and ends the JVM with 0, 1 if it failed, 2 if it was not understood. */
    public static void main(String[] args) {
        if (System.getenv(ConfigConstants.ENV_FLINK_CONF_DIR) != null) {
            fileSystemsOfFlink();
        }
        System.exit(new Main().execute(args));
    }

    /** Beside an installed Flink, as in its image, commands reach the object stores that it reaches. */
    private static void fileSystemsOfFlink() {
        Configuration settings = GlobalConfiguration.loadConfiguration();
        FileSystem.initialize(settings, PluginUtils.createPluginManagerFromRootFolder(settings));
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
        List<String> problems = problems(parsed);
        if (problems.isEmpty()) {
            return new RunLast().execute(parsed);
        }
        PrintWriter err = line.getErr();
        err.println("tributary: this cannot be run:");
        problems.forEach(problem -> err.println("  - " + problem));
        err.println("Try: tributary help" + (parsed.hasSubcommand() ? " " + name(parsed.subcommand()) : ""));
        return ExitCode.USAGE;
    }

    /** Messages of the file system's errors are bare paths, and other errors need not have one. */
    private static String message(Exception failure) {
        String message = failure.getMessage();
        return message == null || failure instanceof FileSystemException ? failure.toString() : message;
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

    private static String name(ParseResult parsed) {
        return parsed.commandSpec().name();
    }
}
