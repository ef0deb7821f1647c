package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencePieceModelTest {
    /** One piece: text "a", score 1. */
    private static final String PIECE = "0a08" + "0a0161" + "150000803f";

    private static final SentencePieceModel MODEL = new SentencePieceModel(
            Algorithm.UNIGRAM,
            List.of(
                    new Piece("<unk>", 0, PieceType.UNKNOWN),
                    new Piece("▁😀", -1.5f, PieceType.NORMAL),
                    new Piece("[mask]", 0, PieceType.USER_DEFINED),
                    new Piece("old", -3e-20f, PieceType.UNUSED)),
            0,
            -1,
            3,
            false,
            false);

    @Test
    void comesBackAsItWasWritten() {
        assertThat(SentencePieceModel.read(MODEL.toBytes())).isEqualTo(MODEL);
    }

    @Test
    void anAbsentFieldHasTheDefaultOfTheFormat() {
        SentencePieceModel model = SentencePieceModel.read(bytes(PIECE));

        assertThat(model)
                .isEqualTo(new SentencePieceModel(
                        Algorithm.UNIGRAM, List.of(new Piece("a", 1, PieceType.NORMAL)), 0, 1, 2, false, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9806" + "ffffffffffffffffff01", // field 99, the largest number
                "9906" + "0102030405060708", // 8 bytes
                "9a06" + "03" + "ffffff", // delimited
                "9d06" + "01020304", // 4 bytes
                "9b06" + "9b06" + "9a0601ff" + "9c06" + "9806" + "05" + "9c06" // a group in a group
            })
    void passesOverUnknownFieldsOfEveryWireType(String field) {
        SentencePieceModel expected = SentencePieceModel.read(bytes(PIECE));

        assertThat(SentencePieceModel.read(bytes(field + PIECE + field))).isEqualTo(expected);
        assertThat(SentencePieceModel.read(concat(MODEL.toBytes(), bytes(field))))
                .isEqualTo(MODEL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "0a", // a tag alone
                "0a05" + "0a01", // a piece longer than the bytes
                "0aff" + "ffffffffffffffff01" + "00", // a length of -1
                "0d00000080", // pieces with the wire type of a float
                "0affffffffffffffffffffff01", // a number of more than 64 bits
                "00", // field 0
                "9b06" + PIECE, // a group without its end
                "9c06" + PIECE, // a group without its begin
                "9f06" + PIECE // a wire type that does not exist
            })
    void refusesDamagedBytes(String damaged) {
        assertThatThrownBy(() -> SentencePieceModel.read(bytes(damaged)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not a SentencePiece model");
    }

    @Test
    void refusesOtherFiles() {
        for (String other : List.of("{\"version\": \"1.0\"}", "<html></html>", "the quick brown fox\n")) {
            assertThatThrownBy(() -> SentencePieceModel.read(other.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Not a SentencePiece model");
        }
    }

    @Test
    void aModelCutShortIsRefusedOrHasFewerPieces() {
        byte[] whole = MODEL.toBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(SentencePieceModel.read(cut)).isNotEqualTo(MODEL);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("Not a SentencePiece model");
            }
        }
    }

    @Test
    void namesATypeItDoesNotKnow() {
        assertThatThrownBy(() -> SentencePieceModel.read(bytes("0a02" + "1809")))
                .hasMessageContaining("piece of the unknown type 9");
        assertThatThrownBy(() -> SentencePieceModel.read(bytes(PIECE + "1202" + "1809")))
                .hasMessageContaining("unknown model type 9");
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        return all.toByteArray();
    }
}
