package io.tributary.model;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the layers of a body are. Each has a text of its own for the step program; the rest of a step is the same. */
public sealed interface Architecture extends Serializable {
    /** Its name in settings and snapshots. */
    String name();

    /** In one word that {@link #parse} reads: how states of sources have always had it. */
    String text();

    /** What {@link #text} wrote. */
    static Architecture parse(String text) {
        if (!text.startsWith(Llama.PREFIX)) {
            return new Gpt2(Positions.valueOf(text));
        }
        String[] parts = text.substring(Llama.PREFIX.length()).split("/", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("This is no architecture: " + text);
        }
        return new Llama(
                Integer.parseInt(parts[0]),
                Integer.parseInt(parts[1]),
                Long.parseLong(parts[2]),
                Boolean.parseBoolean(parts[3]));
    }

    /** All that makes it up beside its name, as a snapshot tells it. */
    Map<String, Object> facts();

    /** Whether rows have a trained embedding of positions. */
    default boolean learnsPositions() {
        return false;
    }

    /** The settings of its step program, behind those that all have. */
    long[] settings();

    /** The texts of its step program. */
    default List<String> program() {
        return List.of("step.torchscript", name() + ".torchscript");
    }

    /** GPT-2: layer norm before each branch, biases, GELU, a feed-forward layer four times as wide as the model. */
    record Gpt2(Positions positions) implements Architecture {
        @Override
        public String name() {
            return "gpt2";
        }

        @Override
        public String text() {
            return positions.name();
        }

        @Override
        public Map<String, Object> facts() {
            return Map.of("positions", positions.name().toLowerCase(Locale.ROOT));
        }

        @Override
        public boolean learnsPositions() {
            return positions == Positions.LEARNED;
        }

        @Override
        public long[] settings() {
            return new long[] {positions == Positions.ALIBI ? 1 : 0};
        }
    }

    /**
     * Llama (arXiv 2302.13971, 2307.09288): RMSNorm before each branch, no biases, rotary positions (RoPE, arXiv
     * 2104.09864), SwiGLU (arXiv 2002.05202), and queries that share keys and values in groups (arXiv 2305.13245).
     *
     * @param keyValueHeads of attention; they divide the heads
     * @param feedForward width of the feed-forward layer
     * @param ropeTheta the base of the rotary wavelengths
     * @param queryKeyNorm whether each head's queries and keys are normalised before they are rotated (arXiv 2302.05442)
     */
    record Llama(int keyValueHeads, int feedForward, long ropeTheta, boolean queryKeyNorm) implements Architecture {
        private static final String PREFIX = "LLAMA/";

        public Llama {
            if (keyValueHeads < 1 || feedForward < 1 || ropeTheta < 2) {
                throw new IllegalArgumentException(
                        "Key-value heads and the feed-forward width are at least 1 and RoPE's theta at least 2, but they are %d, %d and %d"
                                .formatted(keyValueHeads, feedForward, ropeTheta));
            }
        }

        @Override
        public String name() {
            return "llama";
        }

        @Override
        public String text() {
            return PREFIX + keyValueHeads + "/" + feedForward + "/" + ropeTheta + "/" + queryKeyNorm;
        }

        @Override
        public Map<String, Object> facts() {
            return Map.of(
                    "keyValueHeads",
                    keyValueHeads,
                    "feedForward",
                    feedForward,
                    "ropeTheta",
                    ropeTheta,
                    "queryKeyNorm",
                    queryKeyNorm);
        }

        @Override
        public long[] settings() {
            return new long[] {keyValueHeads, feedForward, ropeTheta, queryKeyNorm ? 1 : 0};
        }
    }
}
