package io.tributary.vocabulary;

import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes as SentencePiece is understood to do it, in the plainest way: of all neighbours whose joined text is a piece,
 * the leftmost with the best score are joined, until none is left. Quadratic in the length of the text.
 */
final class BpeOracle {
    private static final int NONE = -1;

    private final List<Piece> pieces;
    private final Map<String, Integer> idOf = new HashMap<>();

    BpeOracle(SentencePieceModel model) {
        pieces = model.pieces();
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == PieceType.NORMAL || pieces.get(id).type() == PieceType.BYTE) {
                idOf.put(pieces.get(id).text(), id);
            }
        }
    }

    int[] encode(String text) {
        List<String> parts = new ArrayList<>();
        if (!text.isEmpty()) {
            String escaped = SentencePieceModel.SPACE + text.replace(' ', SentencePieceModel.SPACE);
            escaped.codePoints().mapToObj(Character::toString).forEach(parts::add);
        }
        // The id of each part joined with the next one.
        List<Integer> joins = new ArrayList<>();
        for (int i = 0; i + 1 < parts.size(); i++) {
            joins.add(join(parts, i));
        }
        for (int best = best(joins); best != NONE; best = best(joins)) {
            parts.set(best, parts.get(best) + parts.remove(best + 1));
            joins.remove(best);
            if (best < joins.size()) {
                joins.set(best, join(parts, best));
            }
            if (best > 0) {
                joins.set(best - 1, join(parts, best - 1));
            }
        }
        return parts.stream()
                .flatMap(part -> ids(part).stream())
                .mapToInt(id -> id)
                .toArray();
    }

    private int join(List<String> parts, int i) {
        return idOf.getOrDefault(parts.get(i) + parts.get(i + 1), NONE);
    }

    private int best(List<Integer> joins) {
        int best = NONE;
        for (int i = 0; i < joins.size(); i++) {
            int id = joins.get(i);
            if (id != NONE
                    && (best == NONE
                            || pieces.get(id).score()
                                    > pieces.get(joins.get(best)).score())) {
                best = i;
            }
        }
        return best;
    }

    private List<Integer> ids(String part) {
        Integer id = idOf.get(part);
        if (id != null) {
            return List.of(id);
        }
        List<Integer> bytes = new ArrayList<>();
        for (byte value : part.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(idOf.get("<0x%02X>".formatted(value)));
        }
        return bytes;
    }
}
