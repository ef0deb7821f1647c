package io.tributary.vocabulary;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Spells a piece of a vocabulary in smaller pieces, for a source that holds only some of them. The spelling stands for
 * the same text.
 *
 * <p>Control, unknown, byte and user-defined pieces are never split: the first two have no parts, bytes are what
 * everything else falls into at last, and SentencePiece promises the same of user-defined ones. Whoever splits holds all
 * of these.
 *
 * <p>It holds no state of a source, so sources with one model may share it.
 */
public final class PieceSplitter {
    private static final int NONE = -1;
    /** What SentencePiece takes off the lowest score for a character that has no piece. */
    private static final double UNKNOWN_PENALTY = 10;

    private final Algorithm algorithm;
    private final List<Piece> pieces;
    private final Map<String, Integer> idOf = new HashMap<>();
    private final int[] byteIds = new int[256];
    private final int unknownId;
    private final double unknownScore;

    /**
     * Makes the splitter of a model.
     *
     * @throws IllegalArgumentException if the model is neither of byte-pair encoding nor unigram, or has no piece for the
     *     unknown
     */
    public PieceSplitter(SentencePieceModel model) {
        algorithm = model.algorithm();
        if (algorithm != Algorithm.BPE && algorithm != Algorithm.UNIGRAM) {
            throw new IllegalArgumentException(
                    "Pieces of a %s model have no parts to split them into: use a BPE or a unigram model"
                            .formatted(algorithm));
        }
        pieces = model.pieces();
        Arrays.fill(byteIds, NONE);
        int unknown = NONE;
        double lowest = 0;
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            switch (piece.type()) {
                case NORMAL, USER_DEFINED -> idOf.put(piece.text(), id);
                case UNUSED -> {
                    // Merges of BPE pass through unused pieces; a unigram path never does.
                    if (algorithm == Algorithm.BPE) {
                        idOf.put(piece.text(), id);
                    }
                }
                case BYTE -> byteIds[Byte.toUnsignedInt(piece.byteValue())] = id;
                case UNKNOWN -> unknown = id;
                case CONTROL -> {} // stands for no text
            }
            lowest = Math.min(lowest, piece.score());
        }
        if (unknown == NONE) {
            throw new IllegalArgumentException("This SentencePiece model has no piece for the unknown (unk)");
        }
        unknownId = unknown;
        unknownScore = lowest - UNKNOWN_PENALTY;
    }

    /** How many pieces the model has; ids are {@code 0..size-1}. */
    int size() {
        return pieces.size();
    }

    /** Whether a piece is never split, so that everyone holds it. */
    boolean isWhole(int id) {
        return switch (pieces.get(id).type()) {
            case UNKNOWN, CONTROL, USER_DEFINED, BYTE -> true;
            case NORMAL, UNUSED -> false;
        };
    }

    /**
     * Spells a piece that is not held in pieces that are. A BPE piece falls into the two pieces whose merge made it, and
     * so on until all parts are held; of the spellings of a unigram piece it is the most probable one. A character that
     * is not held becomes its bytes, or the unknown where the model has no byte pieces.
     *
     * @param isHeld tells of a piece's id whether it is held; true for all that are never split
     */
    int[] split(int id, IntPredicate isHeld) {
        if (isWhole(id)) {
            throw new IllegalArgumentException("Piece %d (%s) has no parts".formatted(id, pieces.get(id)));
        }
        IntStream.Builder spelling = IntStream.builder();
        if (algorithm == Algorithm.BPE) {
            spellMerged(id, isHeld, spelling);
        } else {
            spellProbable(pieces.get(id).text(), isHeld, spelling);
        }
        return spelling.build().toArray();
    }

    /** Ends, since each part is shorter than the whole. */
    private void spellMerged(int id, IntPredicate isHeld, IntStream.Builder spelling) {
        List<String> parts = mergeParents(pieces.get(id));
        if (parts.size() == 1) {
            spellCharacter(parts.get(0), spelling);
            return;
        }
        for (String part : parts) {
            Integer partId = idOf.get(part);
            if (partId == null) {
                spellCharacter(part, spelling);
            } else if (isHeld.test(partId)) {
                spelling.add(partId);
            } else {
                spellMerged(partId, isHeld, spelling);
            }
        }
    }

    /**
     * Merges the characters of a piece, best score first and leftmost among equals, until the piece's own merge would be
     * next. Two parts are left, or more if the piece is one that encoding never arrives at, or one character.
     */
    private List<String> mergeParents(Piece piece) {
        List<String> parts = new ArrayList<>();
        piece.text().codePoints().mapToObj(Character::toString).forEach(parts::add);
        while (true) {
            int best = NONE;
            float bestScore = piece.score();
            for (int i = 0; i + 1 < parts.size(); i++) {
                Integer merged = idOf.get(parts.get(i).concat(parts.get(i + 1)));
                if (merged != null && pieces.get(merged).score() > bestScore) {
                    best = i;
                    bestScore = pieces.get(merged).score();
                }
            }
            if (best == NONE) {
                return parts;
            }
            parts.set(best, parts.get(best).concat(parts.remove(best + 1)));
        }
    }

    /** The Viterbi path through the held pieces; the sum of log probabilities is the score of a spelling. */
    private void spellProbable(String text, IntPredicate isHeld, IntStream.Builder spelling) {
        double[] scoreTo = new double[text.length() + 1];
        Arrays.fill(scoreTo, 1, scoreTo.length, Double.NEGATIVE_INFINITY);
        int[] startOfLast = new int[scoreTo.length];
        int[] lastId = new int[scoreTo.length];
        for (int start = 0; start < text.length(); start = text.offsetByCodePoints(start, 1)) {
            int character = text.offsetByCodePoints(start, 1);
            for (int end = character; end <= text.length(); end++) {
                // Half a surrogate pair is in no piece, so every found end is between characters.
                int id = idOf.getOrDefault(text.substring(start, end), NONE);
                boolean isUsable = id != NONE && isHeld.test(id);
                if (!isUsable && end > character) {
                    continue;
                }
                double score = scoreTo[start] + (isUsable ? pieces.get(id).score() : unknownScore);
                if (score > scoreTo[end]) {
                    scoreTo[end] = score;
                    startOfLast[end] = start;
                    lastId[end] = isUsable ? id : NONE;
                }
            }
        }
        Deque<Integer> ends = new ArrayDeque<>();
        for (int end = text.length(); end > 0; end = startOfLast[end]) {
            ends.push(end);
        }
        for (int end : ends) {
            if (lastId[end] == NONE) {
                spellCharacter(text.substring(startOfLast[end], end), spelling);
            } else {
                spelling.add(lastId[end]);
            }
        }
    }

    private void spellCharacter(String character, IntStream.Builder spelling) {
        byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            ids[i] = byteIds[Byte.toUnsignedInt(utf8[i])];
            if (ids[i] == NONE) {
                spelling.add(unknownId);
                return;
            }
        }
        IntStream.of(ids).forEach(spelling);
    }
}
