package io.tributary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a command prints: lines for people, or one JSON document alone on standard output. */
final class Output {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON document, for programs.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** Where to say how far a command is: not where a program reads the document. */
    PrintWriter progress() {
        return json ? command.commandLine().getErr() : out();
    }

    /**
     * Prints what came of it.
     *
     * @param document a record, a map, a list or a tree
     */
    void print(Object document, Supplier<List<String>> lines) throws JsonProcessingException {
        if (json) {
            out().println(Json.text(document));
        } else {
            lines.get().forEach(out()::println);
        }
        out().flush();
    }
}
