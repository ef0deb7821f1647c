package io.tributary.vocabulary;

/**
 * What a SentencePiece model does to a text before it cuts it into pieces, beside the dummy prefix: the fields of its
 * {@code NormalizerSpec}, and one of its {@code TrainerSpec}.
 *
 * @param charactersMap the compiled rules that replace characters, as the model holds them; empty where it has none
 * @param removesExtraSpaces takes spaces off both ends, and makes one of several
 * @param escapesSpaces writes U+2581 in the place of a space
 * @param spaceAsSuffix a word's space stands behind it instead of before it
 */
public record TextNormalization(
        byte[] charactersMap, boolean removesExtraSpaces, boolean escapesSpaces, boolean spaceAsSuffix) {
    private static final int TRAINER_SPEC = 2;
    private static final int SPACE_AS_SUFFIX = 24;

    private static final int NORMALIZER_SPEC = 3;
    private static final int CHARACTERS_MAP = 2;
    private static final int REMOVE_EXTRA_WHITESPACES = 4;
    private static final int ESCAPE_WHITESPACES = 5;

    /**
     * Reads the bytes of a {@code .model} file.
     *
     * @throws IllegalArgumentException if the bytes are something else
     */
    public static TextNormalization read(byte[] model) {
        byte[] map = {};
        boolean removes = true;
        boolean escapes = true;
        boolean suffix = false;
        ProtoReader proto = new ProtoReader(model);
        while (proto.next()) {
            if (proto.field() == NORMALIZER_SPEC) {
                ProtoReader normalizer = proto.message();
                while (normalizer.next()) {
                    switch (normalizer.field()) {
                        case CHARACTERS_MAP -> map = normalizer.bytes();
                        case REMOVE_EXTRA_WHITESPACES -> removes = normalizer.bool();
                        case ESCAPE_WHITESPACES -> escapes = normalizer.bool();
                        default -> normalizer.skip();
                    }
                }
            } else if (proto.field() == TRAINER_SPEC) {
                ProtoReader trainer = proto.message();
                while (trainer.next()) {
                    if (trainer.field() == SPACE_AS_SUFFIX) {
                        suffix = trainer.bool();
                    } else {
                        trainer.skip();
                    }
                }
            } else {
                proto.skip();
            }
        }
        return new TextNormalization(map, removes, escapes, suffix);
    }

    /** Whether characters stay what they are. */
    public boolean keepsCharacters() {
        return charactersMap.length == 0;
    }
}
