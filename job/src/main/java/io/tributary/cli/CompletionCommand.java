package io.tributary.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what shells complete the command line with. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Print a script that lets bash complete commands and options; zsh takes it too.",
            "",
            "For this shell: source <(./tributary completion)"
        })
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        CommandLine all = new Main().line();
        Main.OF_THE_LAUNCHER.forEach(name -> all.addSubcommand(name, CommandSpec.create()));
        spec.commandLine().getOut().print(AutoComplete.bash(Main.NAME, all));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
