package io.tributary.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    @Test
    void cutsLongTextAtLineEnds() {
        String line = "x".repeat(9_999) + "\n";
        assertThat(Documents.split(line.repeat(3))).hasSize(3).allSatisfy(piece -> assertThat(piece)
                .hasSize(9_999));
    }

    @Test
    void cutsALongLineBetweenCharacters() {
        String text = "a" + "\uD83D\uDE00".repeat(Documents.MAX_CHARS);
        List<String> pieces = Documents.split(text);
        assertThat(String.join("", pieces)).isEqualTo(text);
        assertThat(pieces).allSatisfy(piece -> {
            assertThat(piece.length()).isLessThanOrEqualTo(Documents.MAX_CHARS);
            assertThat(Character.isLowSurrogate(piece.charAt(0))).isFalse();
        });
    }

    @Test
    void groupsSentencesAndKeepsTheRest() {
        assertThat(Documents.group(List.of("a", "b", "c"), 2)).containsExactly("a\nb", "c");
    }
}
