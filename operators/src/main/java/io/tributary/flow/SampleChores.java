package io.tributary.flow;

import io.tributary.model.SharedParameters;
import java.util.Deque;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the samples that are due among the other chores at the beginning of a round, each token as a chore of its own. */
final class SampleChores {
    private static final Logger LOG = LoggerFactory.getLogger(SampleChores.class);

    private final TrainingSettings settings;
    private final Deque<LongConsumer> chores;
    private final Outlet outlet;

    SampleChores(TrainingSettings settings, Deque<LongConsumer> chores, Outlet outlet) {
        this.settings = settings;
        this.chores = chores;
        this.outlet = outlet;
    }

    /** Adds the samples of a source with the parameters that a round begins from. */
    void add(TrainedSource source, SharedParameters merged) {
        SampleSettings samples = settings.samples();
        long round = merged.round() - 1;
        for (String prompt : samples.due(source.id().name(), merged.round())) {
            chores.add(nowMs -> goOn(new SampleRun(samples, settings.seed(), round, prompt, source, merged)));
        }
    }

    /** The next token comes before all other chores: the model must not change in between. */
    private void goOn(SampleRun run) {
        try {
            run.step()
                    .ifPresentOrElse(
                            sample -> {
                                run.close();
                                outlet.sample(sample);
                            },
                            () -> chores.addFirst(nowMs -> goOn(run)));
        } catch (IllegalArgumentException e) {
            // A model that has diverged is no reason to stop the others.
            LOG.warn("There is no sample of {}", run, e);
            run.close();
        }
    }
}
