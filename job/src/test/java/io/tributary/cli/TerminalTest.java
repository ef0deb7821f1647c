package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);

    @Test
    void aBlockIsDrawnOverTheOneBefore() {
        terminal.draw(List.of("one", "two"));
        bytes.reset();
        terminal.draw(List.of("three"));
        assertThat(output()).startsWith("\u001b[2A\r\u001b[J").contains("three\n");
    }

    @Test
    void aLinePrintedBetweenStays() {
        terminal.draw(List.of("one", "two"));
        terminal.print("a line");
        bytes.reset();
        terminal.draw(List.of("three"));
        assertThat(output()).doesNotContain("A\r");
    }

    @Test
    void thatNobodyReadsAnyMoreIsNoticed() throws Exception {
        PipedInputStream reader = new PipedInputStream(1 << 10);
        Terminal piped =
                new Terminal(new PrintStream(new PipedOutputStream(reader), false, StandardCharsets.UTF_8), false);
        piped.print("a line");
        assertThat(piped.isClosed()).isFalse();
        reader.close();
        piped.print("another");
        assertThat(piped.isClosed()).isTrue();
    }

    private String output() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
