package io.tributary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tributary.bench.BenchRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How a benchmark prints what it measured: tables, or one JSON document with the same numbers. */
final class BenchOutput {
    private BenchOutput() {}

    static void print(String bench, List<BenchRun> runs, Output output) throws JsonProcessingException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("bench", bench);
        document.put("runs", runs.stream().map(BenchRun::json).toList());
        output.print(document, () -> runs.stream().flatMap(BenchOutput::lines).toList());
    }

    private static Stream<String> lines(BenchRun run) {
        List<String> lines = new ArrayList<>(List.of(run.title()));
        lines.addAll(Table.render(run.header(), run.rows()));
        lines.addAll(run.notes());
        return lines.stream();
    }
}
