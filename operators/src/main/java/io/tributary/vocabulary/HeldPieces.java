package io.tributary.vocabulary;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The pieces of a shared vocabulary that one source holds, V_k: the rows of its token embeddings. They are numbered
 * densely, in the source's own ids, and held pieces are only ever added, so an id once given stays what it is.
 *
 * <p>Text is cut into pieces by the whole vocabulary; a piece that is not held is then spelt in held ones (see
 * {@link PieceSplitter}) until the set grows by it. A vocabulary trimmed to the held pieces would cut text in other
 * places.
 */
public final class HeldPieces {
    private static final int NOT_HELD = -1;

    private final PieceSplitter splitter;
    private final int[] ownIdOf;
    private int[] held;
    private int heldCount;
    private final Set<Integer> wanted = new LinkedHashSet<>();
    /** Spellings of pieces that are not held, in own ids; they change when the set grows. */
    private final Map<Integer, int[]> spellings = new HashMap<>();

    private HeldPieces(PieceSplitter splitter, int[] held) {
        this.splitter = splitter;
        this.ownIdOf = new int[splitter.size()];
        this.held = new int[Math.max(held.length, 16)];
        Arrays.fill(ownIdOf, NOT_HELD);
        for (int id : held) {
            if (holds(id)) {
                throw new IllegalArgumentException("Piece %d is held twice".formatted(id));
            }
            add(id);
        }
    }

    /** What every source holds, in the model's order: control, unknown, byte and user-defined pieces. */
    public static HeldPieces start(PieceSplitter splitter) {
        return new HeldPieces(
                splitter,
                IntStream.range(0, splitter.size()).filter(splitter::isWhole).toArray());
    }

    /**
     * What {@link #held()} and {@link #wanted()} gave before.
     *
     * @param splitter of the same model
     * @throws IllegalArgumentException if the ids are not of that model
     */
    public static HeldPieces restore(PieceSplitter splitter, int[] held, int[] wanted) {
        HeldPieces pieces = new HeldPieces(splitter, held);
        if (!IntStream.range(0, splitter.size()).filter(splitter::isWhole).allMatch(pieces::holds)) {
            throw new IllegalArgumentException("Some control, unknown, byte or user-defined pieces are not held:"
                    + " the held pieces are of another model");
        }
        pieces.want(wanted);
        return pieces;
    }

    /**
     * Remembers those pieces of a text that are not held, in the order of their first appearance.
     *
     * @return whether there was a new one among them
     */
    public boolean want(int[] modelIds) {
        int before = wanted.size();
        for (int id : modelIds) {
            if (!holds(id)) {
                wanted.add(id);
            }
        }
        return wanted.size() > before;
    }

    /** The text of these pieces in the source's own ids: pieces that are not held are spelt in held ones. */
    public int[] encode(int[] modelIds) {
        IntStream.Builder ownIds = IntStream.builder();
        for (int id : modelIds) {
            if (holds(id)) {
                ownIds.add(ownIdOf[id]);
            } else {
                IntStream.of(spellings.computeIfAbsent(id, this::spell)).forEach(ownIds);
            }
        }
        return ownIds.build().toArray();
    }

    /**
     * Holds the wanted pieces from now on, behind all others; then none is wanted.
     *
     * @return their ids in the model, in the order of their new own ids
     */
    public int[] grow() {
        int[] grown = wanted();
        for (int id : grown) {
            add(id);
        }
        wanted.clear();
        if (grown.length > 0) {
            spellings.clear();
        }
        return grown;
    }

    /** The held pieces' ids in the model; the index is the source's own id. */
    public int[] held() {
        return Arrays.copyOf(held, heldCount);
    }

    /** Pieces of the model that wait for {@link #grow}. */
    public int[] wanted() {
        return wanted.stream().mapToInt(id -> id).toArray();
    }

    /** The source's own id of a held piece. */
    public int ownId(int modelId) {
        if (!holds(modelId)) {
            throw new IllegalArgumentException("Piece %d is not held".formatted(modelId));
        }
        return ownIdOf[modelId];
    }

    private boolean holds(int modelId) {
        if (modelId < 0 || modelId >= ownIdOf.length) {
            throw new IllegalArgumentException(
                    "%d is no piece of the model, which has %d".formatted(modelId, ownIdOf.length));
        }
        return ownIdOf[modelId] != NOT_HELD;
    }

    private void add(int modelId) {
        if (heldCount == held.length) {
            held = Arrays.copyOf(held, 2 * heldCount);
        }
        held[heldCount] = modelId;
        ownIdOf[modelId] = heldCount++;
    }

    private int[] spell(int modelId) {
        return IntStream.of(splitter.split(modelId, this::holds))
                .map(id -> ownIdOf[id])
                .toArray();
    }
}
