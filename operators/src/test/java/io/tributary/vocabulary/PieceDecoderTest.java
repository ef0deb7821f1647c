package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PieceDecoderTest {
    private static byte[] model = new byte[0];

    @SuppressWarnings("NullAway.Init")
    private static Tokenizer tokenizer;

    @BeforeAll
    static void trainOnce() {
        // English alone: all else has to be spelt in bytes.
        VocabularyTrainer trainer = new VocabularyTrainer(400);
        trainer.add("the cat sat on the mat and the dog sat on the cat");
        model = trainer.train();
        tokenizer = Tokenizer.load(model);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void aCharacterOfSeveralBytesComesWithItsLastByte() {
        assertThat(parts(tokenizer.encode("a你😀b"))).containsExactly("", "a", "", "", "你", "", "", "", "😀", "b", "");
    }

    @Test
    void onlyTheSpaceBeforeTheTextIsTakenAway() {
        assertThat(String.join("", parts(tokenizer.encode("  the cat ")))).isEqualTo("  the cat ");
        int the = tokenizer.encode("the")[0];
        assertThat(tokenizer.piece(the)).startsWith("\u2581");
        assertThat(parts(new int[] {the, the, tokenizer.endOfText()}))
                .satisfies(
                        parts -> assertThat(String.join("", parts)).isEqualTo(tokenizer.decode(new int[] {the, the})));
    }

    @Test
    void bytesThatAreNoTextBecomeReplacementCharacters() {
        int[] cut = tokenizer.encode("😀😀");
        int[] ids = IntStream.concat(
                        IntStream.of(cut).limit(4), IntStream.of(cut).skip(5))
                .toArray();
        assertThat(String.join("", parts(ids))).isEqualTo(tokenizer.decode(ids)).contains("\uFFFD", "😀");
        int[] unfinished = IntStream.of(cut).limit(cut.length - 1).toArray();
        assertThat(parts(unfinished)).endsWith("", "\uFFFD");
    }

    @Test
    void allPartsTogetherAreTheTextOfAllIds() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            int[] ids = random.ints(12, 0, tokenizer.size()).toArray();
            assertThat(String.join("", parts(ids))).as("of %s", ids).isEqualTo(tokenizer.decode(ids));
        }
    }

    @Test
    void aSourceThatHoldsSomePiecesHasIdsOfItsOwn() {
        HeldPieces start = HeldPieces.start(new PieceSplitter(SentencePieceModel.read(model)));
        start.want(tokenizer.encode("the mat"));
        start.grow();
        try (SourceTokenizer own = new SourceTokenizer(model, Optional.of(start.held()));
                SourceTokenizer all = new SourceTokenizer(model, Optional.empty())) {
            assertThat(own.size()).isEqualTo(start.held().length).isLessThan(all.size());
            assertThat(start.held()[own.endOfText()]).isEqualTo(tokenizer.endOfText());
            assertThat(all.endOfText()).isEqualTo(tokenizer.endOfText());
            String text = "the cat, 你好 😀";
            assertThat(own.encode(text)).isEqualTo(start.encode(tokenizer.encode(text)));
            for (SourceTokenizer each : List.of(own, all)) {
                PieceDecoder decoder = each.decoder();
                StringBuilder decoded = new StringBuilder();
                IntStream.of(each.encode(text)).forEach(id -> decoded.append(decoder.add(id)));
                assertThat(decoded.append(decoder.end())).hasToString(text);
            }
        }
    }

    /** What comes with each id, and at the end. */
    private static List<String> parts(int[] ids) {
        PieceDecoder decoder = new PieceDecoder(tokenizer);
        List<String> parts = new ArrayList<>();
        for (int id : ids) {
            parts.add(decoder.add(id));
        }
        parts.add(decoder.end());
        return parts;
    }
}
