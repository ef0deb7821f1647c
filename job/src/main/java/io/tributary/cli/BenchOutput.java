package io.tributary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tributary.bench.BenchRun;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a benchmark prints what it measured: tables, or one JSON document with the same numbers. */
final class BenchOutput {
    @Option(names = "--json", description = "Print one JSON document instead of tables.")
    private boolean json;

    /** Where to say how far it is: not where a program reads the document. */
    PrintWriter progress(CommandSpec spec) {
        return json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    }

    void print(String bench, List<BenchRun> runs, PrintWriter out) throws JsonProcessingException {
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("bench", bench);
            document.put("runs", runs.stream().map(BenchRun::json).toList());
            out.println(Json.text(document));
        } else {
            runs.forEach(run -> printTable(run, out));
        }
        out.flush();
    }

    private static void printTable(BenchRun run, PrintWriter out) {
        out.println(run.title());
        Table.render(run.header(), run.rows()).forEach(out::println);
        run.notes().forEach(out::println);
    }
}
