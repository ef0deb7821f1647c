package io.tributary.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tributary.corpus.DocumentCutter.Piece;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DocumentCutterTest {
    private static final int MAX_BYTES = 100;

    @Test
    void blankLinesStandBetweenDocuments() throws Exception {
        String text = "\uFEFF\n \nfirst\r\nline two\r\n\t\r\n\u3000\u3000\nzweites\n\n\n";
        List<Piece> pieces = cut(text, Cut.PARAGRAPHS, 0);
        assertThat(pieces).extracting(DocumentCutterTest::text).containsExactly("first\nline two", "zweites");
        assertThat(offset(text, pieces.get(0).from())).startsWith("first");
        assertThat(offset(text, pieces.get(1).from())).startsWith("zweites");
    }

    @Test
    void linesAndWholeTextsAreDocumentsToo() throws Exception {
        assertThat(cut("a\n\n b \nc", Cut.LINES, 0))
                .extracting(DocumentCutterTest::text)
                .containsExactly("a", " b ", "c");
        assertThat(cut("a\n\n b \nc\n", Cut.WHOLE, 0))
                .extracting(DocumentCutterTest::text)
                .containsExactly("a\n\n b \nc\n");
        assertThat(cut(" \n\n", Cut.WHOLE, 0)).isEmpty();
    }

    @Test
    void aDocumentThatIsTooLongIsCountedAndNotHeld() throws Exception {
        for (Cut cut : Cut.values()) {
            List<Piece> pieces = cut("é".repeat(1_000_000), cut, 0);
            assertThat(pieces).singleElement().satisfies(piece -> {
                assertThat(piece.tooLong()).isTrue();
                assertThat(piece.length()).isEqualTo(2_000_000);
                assertThat(piece.bytes()).hasSize(MAX_BYTES);
            });
        }
        assertThat(cut("ok\n\n" + "x".repeat(60) + "\n" + "y".repeat(60) + "\n\nok\n", Cut.PARAGRAPHS, 0))
                .extracting(Piece::tooLong)
                .containsExactly(false, true, false);
    }

    @Test
    void goingOnAtAnyEndGivesTheRest() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            String text = randomText(random);
            for (Cut cut : List.of(Cut.PARAGRAPHS, Cut.LINES)) {
                List<Piece> all = cut(text, cut, 0);
                for (int i = 0; i < all.size(); i++) {
                    List<Piece> rest = cut(text, cut, all.get(i).to());
                    assertThat(rest)
                            .as(text)
                            .extracting(DocumentCutterTest::text, Piece::from, Piece::to)
                            .containsExactlyElementsOf(all.subList(i + 1, all.size()).stream()
                                    .map(piece -> tuple(text(piece), piece.from(), piece.to()))
                                    .toList());
                }
            }
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append("ab \n\n\r".charAt(random.nextInt(6)));
        }
        return text.toString();
    }

    private static List<Piece> cut(String text, Cut cut, long from) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes, (int) from, bytes.length - (int) from);
        DocumentCutter cutter = new DocumentCutter(in, cut, MAX_BYTES, from);
        List<Piece> pieces = new ArrayList<>();
        for (Optional<Piece> next = cutter.next(); next.isPresent(); next = cutter.next()) {
            pieces.add(next.get());
        }
        return pieces;
    }

    private static String text(Piece piece) {
        return new String(piece.bytes(), UTF_8);
    }

    private static String offset(String text, long from) {
        byte[] bytes = text.getBytes(UTF_8);
        return new String(bytes, (int) from, bytes.length - (int) from, UTF_8);
    }
}
