package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HeldPiecesTest {
    private static final int WHOLE = 259;

    @SuppressWarnings("NullAway.Init")
    private static Tokenizer tokenizer;

    @SuppressWarnings("NullAway.Init")
    private static PieceSplitter splitter;

    @BeforeAll
    static void trainOnce() {
        VocabularyTrainer trainer = new VocabularyTrainer(4000);
        RealText.manyLanguages(2).forEach(trainer::add);
        byte[] model = trainer.train();
        tokenizer = Tokenizer.load(model);
        splitter = new PieceSplitter(SentencePieceModel.read(model));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void startsWithControlAndBytePiecesAndGrowsInOrderOfFirstAppearance() {
        HeldPieces pieces = HeldPieces.start(splitter);
        assertThat(pieces.held()).containsExactly(IntStream.range(0, WHOLE).toArray());
        int[] first = tokenizer.encode("Deutsch, Français, Deutsch, polski");

        assertThat(pieces.want(first)).isTrue();
        assertThat(pieces.want(first)).isFalse();
        int[] inOrder =
                Arrays.stream(first).filter(id -> id >= WHOLE).distinct().toArray();
        assertThat(inOrder).hasSizeBetween(3, first.length - 1);
        assertThat(pieces.wanted()).containsExactly(inOrder);
        assertThat(pieces.grow()).containsExactly(inOrder);
        assertThat(pieces.wanted()).isEmpty();
        assertThat(pieces.grow()).isEmpty();

        assertThat(Arrays.copyOfRange(pieces.held(), WHOLE, pieces.held().length))
                .containsExactly(inOrder);
        assertThat(pieces.ownId(inOrder[1])).isEqualTo(WHOLE + 1);
        assertThat(modelIds(pieces, pieces.encode(first))).containsExactly(first);
    }

    @Test
    void ownIdsOfAnyTextDecodeToIt() {
        HeldPieces pieces = HeldPieces.start(splitter);
        pieces.want(tokenizer.encode(String.join("\n", RealText.characterNames(100))));
        pieces.grow();
        Random random = new Random(5);
        int spelt = 0;
        for (int i = 0; i < 2000; i++) {
            int bound = 1 << (1 + random.nextInt(21));
            String text = random.ints(0, Math.min(bound, Character.MAX_CODE_POINT + 1))
                    .filter(codePoint -> Character.getType(codePoint) != Character.SURROGATE
                            && codePoint != SentencePieceModel.SPACE)
                    .limit(16)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            int[] ids = tokenizer.encode(text);
            int[] own = pieces.encode(ids);

            assertThat(tokenizer.decode(modelIds(pieces, own))).isEqualTo(text);
            spelt += own.length > ids.length ? 1 : 0;
        }
        assertThat(spelt).as("texts with pieces that are not held").isGreaterThan(500);
    }

    @Test
    void encodedTextKeepsItsMeaningWhenTheSetGrows() {
        HeldPieces pieces = HeldPieces.start(splitter);
        List<String> lines = RealText.manyLanguages(1);
        for (String line : lines.subList(0, 50)) {
            int[] ids = tokenizer.encode(line);
            int[] before = pieces.encode(ids);
            pieces.want(ids);
            pieces.grow();

            assertThat(tokenizer.decode(modelIds(pieces, before))).isEqualTo(line);
            assertThat(modelIds(pieces, pieces.encode(ids))).containsExactly(ids);
        }
    }

    @Test
    void comesBackAsItWasStored() {
        HeldPieces pieces = HeldPieces.start(splitter);
        List<String> lines = RealText.manyLanguages(1);
        lines.forEach(line -> pieces.encode(tokenizer.encode(line)));
        lines.subList(0, 100).forEach(line -> pieces.want(tokenizer.encode(line)));
        pieces.grow();
        pieces.want(tokenizer.encode(lines.get(300)));

        HeldPieces restored = HeldPieces.restore(splitter, pieces.held(), pieces.wanted());

        for (String line : lines) {
            assertThat(restored.encode(tokenizer.encode(line))).isEqualTo(pieces.encode(tokenizer.encode(line)));
        }
        assertThat(lines)
                .as("lines that are still spelt in parts")
                .anyMatch(line -> pieces.encode(tokenizer.encode(line)).length > tokenizer.encode(line).length);
        assertThat(restored.grow()).isEqualTo(pieces.grow()).isNotEmpty();
        assertThat(restored.held()).isEqualTo(pieces.held());
    }

    @Test
    void refusesWhatAnotherModelLeft() {
        int[] whole = IntStream.range(0, WHOLE).toArray();

        assertThatThrownBy(() -> HeldPieces.restore(splitter, new int[] {0, 1}, new int[0]))
                .hasMessageContaining("of another model");
        assertThatThrownBy(() -> HeldPieces.restore(splitter, new int[] {0, 1, 0}, new int[0]))
                .hasMessageContaining("held twice");
        assertThatThrownBy(() -> HeldPieces.restore(splitter, whole, new int[] {4000}))
                .hasMessageContaining("4000 is no piece");
        assertThatThrownBy(() -> HeldPieces.start(splitter).ownId(300)).hasMessageContaining("300 is not held");
    }

    private static int[] modelIds(HeldPieces pieces, int[] ownIds) {
        int[] held = pieces.held();
        return Arrays.stream(ownIds).map(id -> held[id]).toArray();
    }
}
