package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.failure.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs commands as a user does.
 *
 * @param always options that every command ends with
 */
record CommandLineRuns(List<String> always) {
    CommandLineRuns {
        always = List.copyOf(always);
    }

    CommandLineRuns(String... always) {
        this(List.of(always));
    }

    /** What a command prints that has to succeed. */
    String run(String... args) {
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();
        assertThat(execute(out, err, args)).as("%s%s", out, err).isZero();
        return out.toString();
    }

    /** What a command prints for a program, of which docs/cli.md has to name every field. */
    JsonNode json(String... args) throws IOException {
        JsonNode document = new ObjectMapper()
                .readTree(
                        run(Stream.concat(Stream.of(args), Stream.of("--json")).toArray(String[]::new)));
        for (JsonNode each : document.isArray() ? document : List.of(document)) {
            assertThat(CommandLineDocs.fields(args)).containsAll(each::fieldNames);
        }
        return document;
    }

    /** The errors of a command that has to fail with this code. */
    String fails(ErrorCode code, String... args) {
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();
        assertThat(execute(out, err, args))
                .as("%s%s", out, err)
                .isEqualTo(code.blame().exitCode());
        assertThat(err.toString()).contains("tributary: " + code.id() + ": ");
        return err.toString();
    }

    int execute(StringWriter out, StringWriter err, String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(Stream.concat(Stream.of(args), always.stream()).toArray(String[]::new));
    }
}
