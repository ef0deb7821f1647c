package io.tributary.corpus;

import java.util.ArrayList;
import java.util.List;

/** Cuts and joins text into documents of a useful length. */
final class Documents {
    /** A document is packed whole by one subtask, and one of many megabytes would hold up its neighbours. */
    static final int MAX_CHARS = 16 * 1024;

    private Documents() {}

    /** Cuts a text at line ends into pieces of at most {@link #MAX_CHARS}, and inside of lines that are longer. */
    static List<String> split(String text) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + MAX_CHARS);
            if (to < text.length()) {
                int lineEnd = text.lastIndexOf('\n', to - 1);
                to = lineEnd > from ? lineEnd + 1 : to - (Character.isLowSurrogate(text.charAt(to)) ? 1 : 0);
            }
            String piece = text.substring(from, to).strip();
            if (!piece.isEmpty()) {
                pieces.add(piece);
            }
            from = to;
        }
        return pieces;
    }

    /** Joins every {@code count} consecutive sentences into one document, a line each. */
    static List<String> group(List<String> sentences, int count) {
        List<String> documents = new ArrayList<>();
        for (int from = 0; from < sentences.size(); from += count) {
            documents.add(String.join("\n", sentences.subList(from, Math.min(sentences.size(), from + count))));
        }
        return documents;
    }
}
