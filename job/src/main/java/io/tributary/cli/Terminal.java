package io.tributary.cli;

import java.io.PrintStream;
import java.util.List;

/** Where lines are printed: on a terminal a block is redrawn in place, elsewhere nothing is ever redrawn. */
final class Terminal {
    private static final String ESCAPE = "\u001b[";

    private final PrintStream out;
    private final boolean redraws;
    private int blockLines;

    Terminal(PrintStream out, boolean redraws) {
        this.out = out;
        this.redraws = redraws;
    }

    /** Standard output; with redrawing if a person sits before it. */
    @SuppressWarnings("SystemConsoleNull") // That changes with JDK 22, and Tributary runs on 17 alone.
    static Terminal ofProcess() {
        boolean dumb = "dumb".equals(System.getenv().getOrDefault("TERM", "dumb"));
        return new Terminal(System.out, System.console() != null && !dumb);
    }

    boolean redraws() {
        return redraws;
    }

    /** Whether nobody can read any more what is printed, as behind {@code | head}: whoever prints on and on ends then. */
    boolean isClosed() {
        return out.checkError();
    }

    /** Prints a line that stays. */
    void print(String line) {
        out.println(line);
        out.flush();
        blockLines = 0;
    }

    /** Draws the block over the one drawn before. */
    void draw(List<String> block) {
        StringBuilder text = new StringBuilder();
        if (blockLines > 0) {
            // Up to the first line of the old block, then clear to the end of the screen.
            text.append(ESCAPE)
                    .append(blockLines)
                    .append('A')
                    .append('\r')
                    .append(ESCAPE)
                    .append('J');
        }
        // A line that wraps would take two, and the way up would be too short: so cut it at the edge.
        text.append(ESCAPE).append("?7l");
        block.forEach(line -> text.append(line).append('\n'));
        text.append(ESCAPE).append("?7h");
        out.print(text);
        out.flush();
        blockLines = block.size();
    }
}
