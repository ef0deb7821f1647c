package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with SentencePiece's library, whose ids are the right ones by definition. */
class BpeEncoderTest {
    /** Starts of blocks of 128 characters in scripts with and without spaces, symbols, emoji and rare ideographs. */
    private static final int[] BLOCKS = {
        0x0000, 0x0080, 0x0100, 0x0300, 0x0380, 0x0400, 0x0580, 0x0600, 0x0900, 0x0E00, 0x1000, 0x1780, 0x2000, 0x2580,
        0x3000, 0x3080, 0x4E00, 0x5900, 0xAC00, 0xD780, 0xE000, 0xFB00, 0xFE80, 0xFF80, 0x1F300, 0x1F600, 0x20700,
        0x10FF80
    };

    @ParameterizedTest
    @ValueSource(ints = {260, 1000, 8192, 20_000})
    void realTextHasTheLibrarysIdsWithTrainedModels(int pieces) {
        List<String> lines = RealText.corpus();
        byte[] model = train(pieces, lines);

        try (Encoder encoder = encoder(model);
                Encoder library = new LibraryEncoder(model)) {
            for (String line : lines) {
                assertThat(encoder.encode(line)).as(line).isEqualTo(library.encode(line));
            }
            String all = String.join("\n", lines);
            assertThat(Arrays.equals(encoder.encode(all), library.encode(all))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 8192})
    void anyCharactersHaveTheLibrarysIds(int pieces) {
        byte[] model = train(pieces, RealText.manyLanguages(2));
        Random random = new Random(pieces);

        try (Encoder encoder = encoder(model);
                Encoder library = new LibraryEncoder(model)) {
            for (int i = 0; i < 50_000; i++) {
                String text = anyText(random);
                assertThat(encoder.encode(text)).as(text).isEqualTo(library.encode(text));
            }
        }
    }

    @Test
    void piecesStrungTogetherHaveTheLibrarysIds() {
        byte[] model = train(4000, RealText.manyLanguages(2));
        List<Piece> pieces = SentencePieceModel.read(model).pieces();
        Random random = new Random(3);

        try (Encoder encoder = encoder(model);
                Encoder library = new LibraryEncoder(model)) {
            for (int i = 0; i < 50_000; i++) {
                // These meet more ambiguous neighbours than real text.
                StringBuilder text = new StringBuilder();
                for (int part = 0; part < 8; part++) {
                    text.append(pieces.get(random.nextInt(pieces.size())).text());
                }
                assertThat(encoder.encode(text.toString()))
                        .as(text.toString())
                        .isEqualTo(library.encode(text.toString()));
            }
        }
    }

    @Test
    void textHasTheLibrarysIdsWhateverThePiecesAndTheirScores() {
        Random random = new Random(4);
        for (int i = 0; i < 300; i++) {
            byte[] model = anyModel(random);
            try (Encoder encoder = encoder(model);
                    Encoder library = new LibraryEncoder(model)) {
                for (int j = 0; j < 100; j++) {
                    String text = letters(random, random.nextInt(40));
                    assertThat(encoder.encode(text)).as(text).isEqualTo(library.encode(text));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a", "\0", "\n", "漢", "😀", "\uDE00", "▁", "a ", "ab", "the same words again "})
    void longRunsHaveTheLibrarysIds(String part) {
        byte[] model = train(2000, List.of("aaaa aaaaaaaa abababab", "the same words again", "漢漢漢漢 😀😀😀😀"));

        try (Encoder encoder = encoder(model);
                Encoder library = new LibraryEncoder(model)) {
            for (int count : new int[] {1, 2, 3, 23, 24, 25, 31, 32, 33, 1000, 100_001}) {
                String text = part.repeat(count);
                assertThat(Arrays.equals(encoder.encode(text), library.encode(text)))
                        .as("%d times %s", count, part)
                        .isTrue();
            }
        }
    }

    @Test
    void idsDoNotDependOnWhatWasEncodedBefore() {
        List<String> lines = RealText.manyLanguages(2);
        byte[] model = train(4000, lines);

        try (Encoder encoder = encoder(model);
                Encoder other = encoder(model)) {
            List<int[]> forward = lines.stream().map(encoder::encode).toList();
            for (int i = lines.size() - 1; i >= 0; i--) {
                assertThat(other.encode(lines.get(i))).isEqualTo(forward.get(i));
                assertThat(other.encode(lines.get(i))).isEqualTo(forward.get(i));
            }
        }
    }

    @Test
    void modelsOfOtherKindsAreLeftToTheLibrary() {
        SentencePieceModel plain = model(List.of(normal("a", -1), normal("b", -2), normal("ab", -3)));
        assertThat(isTaken(plain)).isTrue();

        assertThat(isTaken(with(plain, Algorithm.UNIGRAM, true))).isFalse();
        assertThat(isTaken(with(plain, Algorithm.BPE, false))).isFalse();
        for (Piece odd : List.of(
                new Piece("ba", -4, PieceType.UNUSED),
                new Piece("<mask>", -4, PieceType.USER_DEFINED),
                new Piece("other", -4, PieceType.UNKNOWN),
                normal("</s>", -4),
                normal("ab", -4),
                normal("ax", -4),
                normal("", -4),
                normal("ba", Float.NaN))) {
            List<Piece> pieces = new ArrayList<>(plain.pieces());
            pieces.add(odd);
            SentencePieceModel model = new SentencePieceModel(Algorithm.BPE, pieces, 0, 1, 2, true, true);
            assertThat(isTaken(model)).as(odd.toString()).isFalse();
        }
    }

    @Test
    void aModelThatSaysMoreThanItsPiecesIsLeftToTheLibrary() {
        byte[] plain = train(300, RealText.manyLanguages(1));
        byte[] normalizer = new ProtoWriter()
                .message(3, new ProtoWriter().text(1, "nmt_nfkc").bool(4, true))
                .toBytes();
        byte[] normalizing = Arrays.copyOf(plain, plain.length + normalizer.length);
        System.arraycopy(normalizer, 0, normalizing, plain.length, normalizer.length);

        assertThat(BpeEncoder.of(SentencePieceModel.read(normalizing), normalizing))
                .isEmpty();
        try (Tokenizer tokenizer = Tokenizer.load(normalizing)) {
            assertThat(tokenizer.decode(tokenizer.encode("  two   words  "))).isEqualTo("two words");
        }
    }

    private static Encoder encoder(byte[] model) {
        return BpeEncoder.of(SentencePieceModel.read(model), model).orElseThrow();
    }

    private static boolean isTaken(SentencePieceModel model) {
        return BpeEncoder.of(model, model.toBytes()).isPresent();
    }

    private static byte[] train(int pieces, List<String> lines) {
        VocabularyTrainer trainer = new VocabularyTrainer(pieces);
        lines.forEach(trainer::add);
        return trainer.train();
    }

    /** Up to 40 characters, each of one of three blocks or a character that is special somewhere, or a run of one. */
    private static String anyText(Random random) {
        String special = "  ▁▁\0\n\r\t?\uD83D\uDE00\uFEFF\uFFFD\uFFFE\uFFFF\u00A0\u200D\u3000a";
        int[] blocks = random.ints(3, 0, BLOCKS.length).map(i -> BLOCKS[i]).toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(41); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> text.append(special.charAt(random.nextInt(special.length())));
                case 1 -> text.append("</s><unk><0x41> the and ", 0, random.nextInt(25));
                case 2 -> text.append(Character.toString(blocks[0]).repeat(random.nextInt(60)));
                default -> text.appendCodePoint(blocks[random.nextInt(3)] + random.nextInt(128));
            }
        }
        return text.toString();
    }

    /** Pieces of few letters and few scores, so that there are many ties; many of them no text can arrive at. */
    private static byte[] anyModel(Random random) {
        Set<String> texts = new LinkedHashSet<>();
        letters(random, 12).codePoints().mapToObj(Character::toString).forEach(texts::add);
        List<String> characters = List.copyOf(texts);
        for (int i = random.nextInt(60); i > 0; i--) {
            StringBuilder text = new StringBuilder();
            for (int length = 2 + random.nextInt(4); length > 0; length--) {
                text.append(characters.get(random.nextInt(characters.size())));
            }
            texts.add(text.toString());
        }
        List<Piece> pieces = texts.stream()
                .map(text -> normal(text.replace(' ', SentencePieceModel.SPACE), 0.5f * random.nextInt(9) - 2))
                .distinct()
                .toList();
        SentencePieceModel model = model(pieces);
        return new SentencePieceModel(Algorithm.BPE, model.pieces(), 0, 1, 2, true, random.nextBoolean()).toBytes();
    }

    private static String letters(Random random, int length) {
        String[] letters = {"a", "a", "b", "c", " ", "ä", "漢", "😀", "\0", "\n"};
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }

    private static Piece normal(String text, float score) {
        return new Piece(text, score, PieceType.NORMAL);
    }

    private static SentencePieceModel model(List<Piece> normal) {
        List<Piece> pieces = new ArrayList<>(SentencePieceModel.read(new VocabularyTrainer(260).train())
                .pieces()
                .subList(0, 259));
        pieces.addAll(normal);
        return new SentencePieceModel(Algorithm.BPE, pieces, 0, 1, 2, true, true);
    }

    private static SentencePieceModel with(SentencePieceModel model, Algorithm algorithm, boolean byteFallback) {
        return new SentencePieceModel(algorithm, model.pieces(), 0, 1, 2, byteFallback, true);
    }
}
