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
            int to = end(text, from);
            String piece = text.substring(from, to).strip();
            if (!piece.isEmpty()) {
                pieces.add(piece);
            }
            from = to;
        }
        return pieces;
    }

    /** Where the piece ends that begins at an index. */
    static int end(CharSequence text, int from) {
        int to = Math.min(text.length(), from + MAX_CHARS);
        if (to == text.length()) {
            return to;
        }
        int lineEnd = to - 1;
        while (lineEnd > from && text.charAt(lineEnd) != '\n') {
            lineEnd--;
        }
        return lineEnd > from ? lineEnd + 1 : to - (Character.isLowSurrogate(text.charAt(to)) ? 1 : 0);
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
