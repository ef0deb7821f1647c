package io.tributary.vocabulary;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Encodes with models of {@link VocabularyTrainer}, to the same ids as SentencePiece's library in a fifth of its time or
 * less. The library looks up the bytes of each two neighbours in a hash table of texts, for a whole document at once.
 *
 * <p>Here a text is first cut wherever its two characters are side by side in no piece: nothing is ever joined across such
 * a border, whatever else is in the text. Most words come again and again, so what they become is kept.
 */
final class BpeEncoder implements Encoder {
    /** Of these kept words, one in each slot of the table that their hash gives: at most some 4 MB. */
    private static final int KEPT_WORDS = 1 << 14;

    /** In characters. Longer ones hardly come again. */
    private static final int MAX_KEPT_LENGTH = 24;

    private static final int PAGE = 1 << 8;
    private static final int NONE = -1;

    private final boolean addDummyPrefix;
    private final JoinTable joins = new JoinTable();
    private final int[] ranks;
    private final int[] byteIds = new int[256];
    /** The ids of single characters, by the upper and the lower bits of their numbers; much of Unicode shares a page. */
    private final int[][] characterIds = new int[(Character.MAX_CODE_POINT + 1) / PAGE][];

    private final Word[] keptWords = new Word[KEPT_WORDS];

    /**
     * @param characters the word, as ids
     * @param ids what it becomes
     */
    private record Word(int[] characters, int[] ids) {}

    private BpeEncoder(SentencePieceModel model, Map<String, Integer> normalIds) {
        addDummyPrefix = model.addDummyPrefix();
        ranks = ranks(model.pieces());
        int[] absent = new int[PAGE];
        Arrays.fill(absent, NONE);
        Arrays.fill(characterIds, absent);
        normalIds.forEach((text, id) -> {
            if (text.codePointCount(0, text.length()) == 1) {
                int codePoint = text.codePointAt(0);
                int[] page = characterIds[codePoint / PAGE];
                characterIds[codePoint / PAGE] = page == absent ? absent.clone() : page;
                characterIds[codePoint / PAGE][codePoint % PAGE] = id;
            }
        });
        normalIds.keySet().forEach(this::addNeighbours);
        normalIds.forEach((text, id) -> addJoins(text, id, normalIds));
        for (int id = 0; id < model.pieces().size(); id++) {
            if (model.pieces().get(id).type() == PieceType.BYTE) {
                byteIds[Byte.toUnsignedInt(model.pieces().get(id).byteValue())] = id;
            }
        }
        Arrays.fill(keptWords, new Word(new int[0], new int[0]));
    }

    /**
     * The encoder of a model, or none where only the library is known to do the same.
     *
     * @param bytes what the model was read from
     */
    static Optional<Encoder> of(SentencePieceModel model, byte[] bytes) {
        // Other bytes than Tributary would write may say anything: normalisation, words that end with their space.
        if (model.algorithm() != Algorithm.BPE || !model.byteFallback() || !Arrays.equals(model.toBytes(), bytes)) {
            return Optional.empty();
        }
        Set<String> texts = new HashSet<>();
        Map<String, Integer> normalIds = new HashMap<>();
        int unknown = 0;
        int bytesFound = 0;
        for (int id = 0; id < model.pieces().size(); id++) {
            Piece piece = model.pieces().get(id);
            // The library refuses such models, or gives one of two pieces in the place of the other.
            if (piece.text().isEmpty() || Float.isNaN(piece.score()) || !texts.add(piece.text())) {
                return Optional.empty();
            }
            switch (piece.type()) {
                case NORMAL -> normalIds.put(piece.text(), id);
                case UNKNOWN -> unknown++;
                case BYTE -> bytesFound++;
                case CONTROL -> {} // stands for no text
                case USER_DEFINED, UNUSED -> {
                    // The library cuts at the former first, and takes the latter apart by how they last came about.
                    return Optional.empty();
                }
            }
        }
        // The library also joins characters that are no pieces themselves.
        boolean hasAllCharacters = normalIds.keySet().stream()
                .flatMapToInt(String::codePoints)
                .distinct()
                .allMatch(codePoint -> normalIds.containsKey(Character.toString(codePoint)));
        boolean isPlain = unknown == 1 && bytesFound == 256 && hasAllCharacters;
        return isPlain ? Optional.of(new BpeEncoder(model, normalIds)) : Optional.empty();
    }

    /** By id: how many better scores there are. */
    private static int[] ranks(List<Piece> pieces) {
        // A difference, since it makes one zero of the two that floats have.
        double[] costs =
                pieces.stream().mapToDouble(piece -> 0.0 - piece.score()).toArray();
        double[] best = Arrays.stream(costs).sorted().distinct().toArray();
        return Arrays.stream(costs)
                .mapToInt(cost -> Arrays.binarySearch(best, cost))
                .toArray();
    }

    private void addNeighbours(String text) {
        int[] characters = text.codePoints().map(this::characterId).toArray();
        for (int i = 1; i < characters.length; i++) {
            joins.put(characters[i - 1], characters[i], JoinTable.INSIDE);
        }
    }

    private void addJoins(String text, int id, Map<String, Integer> normalIds) {
        for (int i = 1; i < text.length(); i++) {
            // Half a surrogate pair is in no piece, so both parts end between characters.
            Integer left = normalIds.get(text.substring(0, i));
            Integer right = normalIds.get(text.substring(i));
            if (left != null && right != null) {
                joins.put(left, right, id);
            }
        }
    }

    @Override
    public int[] encode(String text) {
        int[] characters = characters(text);
        Ids ids = new Ids(characters.length / 2);
        int start = 0;
        for (int end = 1; end <= characters.length; end++) {
            if (end == characters.length || joins.get(characters[end - 1], characters[end]) == JoinTable.APART) {
                addWord(characters, start, end, ids);
                start = end;
            }
        }
        return ids.toArray();
    }

    /** The id of each character; of one that has no piece the complement of its number, which is negative. */
    private int[] characters(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        int[] characters = new int[text.length() + 1];
        int count = 0;
        if (addDummyPrefix) {
            characters[count++] = character(SentencePieceModel.SPACE);
        }
        for (int i = 0, codePoint; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            characters[count++] = character(codePoint);
        }
        return Arrays.copyOf(characters, count);
    }

    private int character(int codePoint) {
        int read = codePoint;
        if (codePoint == ' ') {
            read = SentencePieceModel.SPACE;
        } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            // Half a pair, which Java writes in UTF-8 so.
            read = '?';
        }
        int id = characterId(read);
        return id == NONE ? ~read : id;
    }

    private int characterId(int codePoint) {
        return characterIds[codePoint / PAGE][codePoint % PAGE];
    }

    private void addWord(int[] characters, int start, int end, Ids ids) {
        if (end - start > 1) {
            ids.addAll(joined(characters, start, end));
        } else if (characters[start] >= 0) {
            ids.add(characters[start]);
        } else {
            addBytes(~characters[start], ids);
        }
    }

    private int[] joined(int[] characters, int start, int end) {
        if (end - start > MAX_KEPT_LENGTH) {
            return WordJoiner.join(joins, ranks, Arrays.copyOfRange(characters, start, end));
        }
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + characters[i];
        }
        int slot = (hash ^ (hash >>> 15)) & (KEPT_WORDS - 1);
        Word kept = keptWords[slot];
        if (!Arrays.equals(kept.characters, 0, kept.characters.length, characters, start, end)) {
            int[] word = Arrays.copyOfRange(characters, start, end);
            kept = new Word(word, WordJoiner.join(joins, ranks, word));
            keptWords[slot] = kept;
        }
        return kept.ids;
    }

    /** The character's UTF-8. */
    private void addBytes(int codePoint, Ids ids) {
        if (codePoint < 0x80) {
            ids.add(byteIds[codePoint]);
        } else if (codePoint < 0x800) {
            ids.add(byteIds[0xC0 | (codePoint >> 6)]);
            addSixBits(codePoint, ids);
        } else if (codePoint < 0x10000) {
            ids.add(byteIds[0xE0 | (codePoint >> 12)]);
            addSixBits(codePoint >> 6, ids);
            addSixBits(codePoint, ids);
        } else {
            ids.add(byteIds[0xF0 | (codePoint >> 18)]);
            addSixBits(codePoint >> 12, ids);
            addSixBits(codePoint >> 6, ids);
            addSixBits(codePoint, ids);
        }
    }

    private void addSixBits(int lower, Ids ids) {
        ids.add(byteIds[0x80 | (lower & 0x3F)]);
    }

    /** It holds nothing that needs closing. */
    @Override
    public void close() {}

    /** A list of ints that grows. */
    private static final class Ids {
        private int[] ids;
        private int size;

        Ids(int capacity) {
            ids = new int[Math.max(capacity, 16)];
        }

        void add(int id) {
            ensureRoom(1);
            ids[size++] = id;
        }

        void addAll(int[] more) {
            ensureRoom(more.length);
            System.arraycopy(more, 0, ids, size, more.length);
            size += more.length;
        }

        int[] toArray() {
            return Arrays.copyOf(ids, size);
        }

        private void ensureRoom(int more) {
            if (size + more > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(size + more, 2 * ids.length));
            }
        }
    }
}
