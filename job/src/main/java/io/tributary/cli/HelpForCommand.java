package io.tributary.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the help of a command, also of one that is inside of another, which picocli's own does not. */
@Command(
        name = "help",
        helpCommand = true,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "What a command does, and all its options.")
final class HelpForCommand implements Runnable, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "As in: help cluster start.")
    private List<String> names = List.of();

    @Override
    public List<String> problems() {
        return meant().isPresent() ? List.of() : List.of("There is no command '" + String.join(" ", names) + "'");
    }

    @Override
    public void run() {
        meant().ifPresent(command -> command.usage(spec.commandLine().getOut()));
    }

    private Optional<CommandLine> meant() {
        Optional<CommandLine> command = Optional.of(spec.commandLine().getParent());
        for (String name : names) {
            command = command.flatMap(
                    outer -> Optional.ofNullable(outer.getSubcommands().get(name)));
        }
        return command;
    }
}
