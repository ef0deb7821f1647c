package io.tributary.flow;

import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.ParameterGroup;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Makes the models of sources that begin, of drawn values or those of a model that was trained before. */
final class FreshSources {
    private static final int PIECE = 1 << 18;

    private final TrainingSettings settings;
    private final StepEngine engine;
    private final InitialValues initial;

    FreshSources(TrainingSettings settings, StepEngine engine, InitialValues initial) {
        this.settings = settings;
        this.engine = engine;
        this.initial = initial;
    }

    /**
     * A model at its beginning.
     *
     * @param name of the model
     * @param owner of the initial values
     * @param pieces of the source's vocabulary
     */
    SourceModel make(String name, String owner, int pieces, int sequenceLength) {
        SourceModel model = engine.newSource(name, pieces, sequenceLength, settings.seed());
        try (InitialValues.Reader reader = initial.open()) {
            for (ParameterGroup group : ParameterGroup.values()) {
                if (!engine.shared().contains(group)) {
                    overwrite(model, group, owner, reader);
                }
            }
            return model;
        } catch (IOException e) {
            model.close();
            throw new UncheckedIOException(
                    "Source %s cannot begin with the model of init.from: %s".formatted(name, e.getMessage()), e);
        }
    }

    private static void overwrite(SourceModel model, ParameterGroup group, String owner, InitialValues.Reader reader)
            throws IOException {
        long size = model.elements(group);
        for (long from = 0; from < size; from += PIECE) {
            float[] values = new float[(int) Math.min(PIECE, size - from)];
            model.copy(group, from, values);
            reader.overwrite(group, owner, from, values);
            model.put(group, from, values);
        }
    }
}
