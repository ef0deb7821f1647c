package io.tributary.vocabulary;

import java.lang.Character.UnicodeScript;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/**
 * Counts the words of documents. A word is the longest text that a piece may cover: it ends before a space, at a line
 * feed and where the script changes, as with SentencePiece's default settings. Its space is written as
 * {@link SentencePieceModel#SPACE}.
 */
final class WordCounts {
    /** Japanese writes one word in three scripts, so they count as one; this mark is common to two of them. */
    private static final int PROLONGED_SOUND_MARK = 0x30FC;

    private final Map<String, Counter> counters = new HashMap<>();

    /** Counts words as encoding will meet them: after a dummy prefix, and with none after a line feed. */
    void add(String document) {
        if (document.isEmpty()) {
            return;
        }
        String text = SentencePieceModel.SPACE + document.replace(' ', SentencePieceModel.SPACE);
        int start = 0;
        // Combining marks take the script of what they follow, so INHERITED serves for "any so far".
        UnicodeScript script = UnicodeScript.INHERITED;
        for (int i = 0, codePoint; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            UnicodeScript next = script(codePoint);
            boolean opensWord = codePoint == SentencePieceModel.SPACE || codePoint == '\n';
            if (opensWord || isChange(script, next)) {
                count(text, start, i);
                start = codePoint == '\n' ? i + 1 : i;
            }
            if (opensWord) {
                script = UnicodeScript.INHERITED;
            } else if (next != UnicodeScript.INHERITED) {
                script = next;
            }
        }
        count(text, start, text.length());
    }

    void forEach(ObjLongConsumer<String> action) {
        counters.forEach((word, counter) -> action.accept(word, counter.count));
    }

    /** UTF-16 units in all distinct words. */
    int totalLength() {
        return counters.keySet().stream().mapToInt(String::length).reduce(0, Math::addExact);
    }

    private void count(String text, int start, int end) {
        if (start < end) {
            counters.computeIfAbsent(text.substring(start, end), word -> new Counter()).count++;
        }
    }

    private static boolean isChange(UnicodeScript from, UnicodeScript to) {
        return from != to && from != UnicodeScript.INHERITED && to != UnicodeScript.INHERITED;
    }

    private static UnicodeScript script(int codePoint) {
        if (codePoint < 0x80) {
            // Much text is ASCII, and UnicodeScript.of is a search in a table.
            boolean isLetter = (codePoint >= 'a' && codePoint <= 'z') || (codePoint >= 'A' && codePoint <= 'Z');
            return isLetter ? UnicodeScript.LATIN : UnicodeScript.COMMON;
        }
        if (codePoint == PROLONGED_SOUND_MARK) {
            return UnicodeScript.HAN;
        }
        UnicodeScript script = UnicodeScript.of(codePoint);
        return switch (script) {
            case HIRAGANA, KATAKANA -> UnicodeScript.HAN;
            case UNKNOWN -> UnicodeScript.COMMON;
            default -> script;
        };
    }

    /** A number that is counted up in place, without a new box for each word read. */
    private static final class Counter {
        long count;
    }
}
