package io.tributary.model;

import ai.djl.ndarray.NDManager;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.TensorId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One parameter group of a source: its values and AdamW's two moments of them, all flat and equally long. Those of a
 * shared group are a working copy and exist during a round only; the moments are always there.
 */
final class SourceGroup {
    private final NDManager manager;
    private final String source;
    private final ParameterGroup group;
    private @Nullable NativeVector parameters;
    private NativeVector first;
    private NativeVector second;

    /** Moments of zeros, and no parameters yet. */
    SourceGroup(NDManager manager, String source, ParameterGroup group, long size) {
        this.manager = manager;
        this.source = source;
        this.group = group;
        this.first = zeros(Quantity.FIRST_MOMENT, size);
        this.second = zeros(Quantity.SECOND_MOMENT, size);
    }

    private NativeVector zeros(Quantity quantity, long size) {
        return NativeVector.zeros(manager, StepEngine.listOf(quantity), size);
    }

    /** How many values each of the tensors has. */
    long size() {
        return first.size();
    }

    /** Makes room for parameters: of a private group, or of a shared one that is read back from the middle of a round. */
    NativeVector allocate() {
        NativeVector zeros = zeros(Quantity.PARAMETERS, size());
        parameters = zeros;
        return zeros;
    }

    /** A working copy of the base's parameters; moments that the base holds too may replace those of the source. */
    void begin(SharedParameters base, boolean takesMoments) {
        parameters = base.get(source, TensorId.parameters(group), size()).duplicate(manager, size());
        if (!takesMoments) {
            return;
        }
        base.find(source, new TensorId(group, Quantity.FIRST_MOMENT), size()).ifPresent(m -> first.fill(m::copyTo));
        base.find(source, new TensorId(group, Quantity.SECOND_MOMENT), size()).ifPresent(v -> second.fill(v::copyTo));
    }

    /** Frees the working copy. */
    void end() {
        parameters().close();
        parameters = null;
    }

    NativeVector parameters() {
        if (parameters == null) {
            throw new IllegalStateException("Source %s is in no round; it must begin one first".formatted(source));
        }
        return parameters;
    }

    NativeVector tensor(Quantity quantity) {
        return switch (quantity) {
            case PARAMETERS -> parameters();
            case FIRST_MOMENT -> first;
            case SECOND_MOMENT -> second;
        };
    }

    /** Appends zeros to the moments; there must be no parameters. */
    void grow(long size) {
        first = first.grown(manager, size);
        second = second.grown(manager, size);
    }

    void resetMoments() {
        first.clear();
        second.clear();
    }

    /** All tensors that there are, in the order of the state. */
    List<NativeVector> vectors() {
        List<NativeVector> vectors = new ArrayList<>(List.of(first, second));
        if (parameters != null) {
            vectors.add(parameters);
        }
        return vectors;
    }
}
