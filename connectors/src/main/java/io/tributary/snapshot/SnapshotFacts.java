package io.tributary.snapshot;

import io.tributary.model.Architecture;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;

/**
 * What all snapshots of a run say of themselves. Nothing here may depend on the time or the machine: equal runs make
 * equal snapshots, to the byte.
 *
 * @param model the shape of the model, as JSON knows values: strings, numbers, booleans, lists and maps of these
 * @param variant which parameter groups leave a source, such as {@code SPEC}
 * @param seed of the initial parameters
 * @param precision that the steps were computed in, such as {@code bf16}; the values are F32 in any case
 */
public record SnapshotFacts(Map<String, Object> model, String variant, long seed, String precision)
        implements Serializable {
    public SnapshotFacts {
        model = Map.copyOf(model);
    }

    /**
     * The shape of the model that a source trains, with the sequence length of the source.
     *
     * @throws IOException if the facts are not those of a model that this Tributary knows
     */
    public ModelShape shape(String source) throws IOException {
        try {
            return new ModelShape(
                    integer("layers"), integer("width"), integer("heads"), length(source), architecture());
        } catch (IllegalArgumentException e) {
            throw new IOException("The manifest of the snapshot tells no model: " + e.getMessage(), e);
        }
    }

    private int length(String source) {
        return model.get("sequenceLengths") instanceof Map<?, ?> lengths && lengths.get(source) instanceof Number own
                ? own.intValue()
                : integer("sequenceLength");
    }

    private Architecture architecture() {
        Object name = model.getOrDefault("architecture", "");
        if (name.equals("gpt2")) {
            return new Architecture.Gpt2(
                    Positions.valueOf(String.valueOf(model.get("positions")).toUpperCase(Locale.ROOT)));
        }
        if (name.equals("llama")) {
            return new Architecture.Llama(
                    integer("keyValueHeads"),
                    integer("feedForward"),
                    number("ropeTheta"),
                    Boolean.TRUE.equals(model.get("queryKeyNorm")));
        }
        throw new IllegalArgumentException("the architecture '%s' is not known".formatted(name));
    }

    private int integer(String key) {
        return (int) Math.min(number(key), Integer.MAX_VALUE);
    }

    private long number(String key) {
        if (model.get(key) instanceof Number number) {
            return number.longValue();
        }
        throw new IllegalArgumentException("its %s is missing or no number".formatted(key));
    }
}
