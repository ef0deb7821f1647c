package io.tributary.vocabulary;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code ModelProto} message of SentencePiece ({@code sentencepiece_model.proto}), as far as it is needed: field
 * numbers and defaults are those of the proto file, and other fields are passed over.
 */
final class ModelProto {
    private static final int PIECES = 1;
    private static final int TRAINER_SPEC = 2;
    private static final int NORMALIZER_SPEC = 3;

    private static final int PIECE_TEXT = 1;
    private static final int PIECE_SCORE = 2;
    private static final int PIECE_TYPE = 3;

    private static final int MODEL_TYPE = 3;
    private static final int VOCABULARY_SIZE = 4;
    private static final int BYTE_FALLBACK = 35;
    private static final int UNKNOWN_ID = 40;
    private static final int BEGIN_ID = 41;
    private static final int END_ID = 42;
    private static final int PADDING_ID = 43;

    private static final int NORMALIZER_NAME = 1;
    private static final int ADD_DUMMY_PREFIX = 3;
    private static final int REMOVE_EXTRA_WHITESPACES = 4;
    private static final int ESCAPE_WHITESPACES = 5;

    private final List<Piece> pieces = new ArrayList<>();
    private Algorithm algorithm = Algorithm.UNIGRAM;
    private int unknownId = 0;
    private int beginId = 1;
    private int endId = 2;
    private boolean byteFallback = false;
    private boolean addDummyPrefix = true;

    static byte[] write(SentencePieceModel model) {
        ProtoWriter proto = new ProtoWriter();
        for (Piece piece : model.pieces()) {
            proto.message(
                    PIECES,
                    new ProtoWriter()
                            .text(PIECE_TEXT, piece.text())
                            .float32(PIECE_SCORE, piece.score())
                            .varint(PIECE_TYPE, piece.type().number()));
        }
        ProtoWriter trainer = new ProtoWriter()
                .varint(MODEL_TYPE, model.algorithm().number())
                .varint(VOCABULARY_SIZE, model.pieces().size())
                .bool(BYTE_FALLBACK, model.byteFallback())
                .varint(UNKNOWN_ID, model.unknownId())
                .varint(BEGIN_ID, model.beginId())
                .varint(END_ID, model.endId())
                .varint(PADDING_ID, -1);
        ProtoWriter normalizer = new ProtoWriter()
                .text(NORMALIZER_NAME, "identity")
                .bool(ADD_DUMMY_PREFIX, model.addDummyPrefix())
                .bool(REMOVE_EXTRA_WHITESPACES, false)
                .bool(ESCAPE_WHITESPACES, true);
        return proto.message(TRAINER_SPEC, trainer)
                .message(NORMALIZER_SPEC, normalizer)
                .toBytes();
    }

    SentencePieceModel read(byte[] model) {
        ProtoReader proto = new ProtoReader(model);
        while (proto.next()) {
            switch (proto.field()) {
                case PIECES -> pieces.add(piece(proto.message()));
                case TRAINER_SPEC -> readTrainer(proto.message());
                case NORMALIZER_SPEC -> readNormalizer(proto.message());
                default -> proto.skip();
            }
        }
        return new SentencePieceModel(algorithm, pieces, unknownId, beginId, endId, byteFallback, addDummyPrefix);
    }

    private static Piece piece(ProtoReader proto) {
        String text = "";
        float score = 0;
        PieceType type = PieceType.NORMAL;
        while (proto.next()) {
            switch (proto.field()) {
                case PIECE_TEXT -> text = proto.text();
                case PIECE_SCORE -> score = proto.float32();
                case PIECE_TYPE -> type = type(proto.varint());
                default -> proto.skip();
            }
        }
        return new Piece(text, score, type);
    }

    private void readTrainer(ProtoReader proto) {
        while (proto.next()) {
            switch (proto.field()) {
                case MODEL_TYPE -> algorithm = algorithm(proto.varint());
                case BYTE_FALLBACK -> byteFallback = proto.bool();
                case UNKNOWN_ID -> unknownId = (int) proto.varint();
                case BEGIN_ID -> beginId = (int) proto.varint();
                case END_ID -> endId = (int) proto.varint();
                default -> proto.skip();
            }
        }
    }

    private void readNormalizer(ProtoReader proto) {
        while (proto.next()) {
            if (proto.field() == ADD_DUMMY_PREFIX) {
                addDummyPrefix = proto.bool();
            } else {
                proto.skip();
            }
        }
    }

    private static PieceType type(long number) {
        for (PieceType type : PieceType.values()) {
            if (type.number() == number) {
                return type;
            }
        }
        throw new IllegalArgumentException("This SentencePiece model has a piece of the unknown type " + number);
    }

    private static Algorithm algorithm(long number) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.number() == number) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("This SentencePiece model is of the unknown model type " + number);
    }
}
