package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

    /** The errors of a command that has to end with 1. */
    String fails(String... args) {
        StringWriter err = new StringWriter();
        assertThat(execute(new StringWriter(), err, args)).isEqualTo(1);
        return err.toString();
    }

    int execute(StringWriter out, StringWriter err, String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(Stream.concat(Stream.of(args), always.stream()).toArray(String[]::new));
    }
}
