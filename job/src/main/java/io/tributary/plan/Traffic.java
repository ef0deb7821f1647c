package io.tributary.plan;

import static io.tributary.record.ParameterGroup.BODY;
import static io.tributary.record.ParameterGroup.POSITIONS;
import static io.tributary.record.ParameterGroup.TOKENS;

import io.tributary.config.PipelineSettings;
import io.tributary.merge.InnerState;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What one source sends and receives in a round under a method, as a mean over the rounds that it takes part in.
 *
 * @param source a name, or {@code mixture}
 * @param received all but the rows of TRIM comes to the source's subtask once, for all sources there
 */
public record Traffic(
        String method,
        String source,
        GroupBytes sent,
        GroupBytes received,
        double sentPerStep,
        double receivedPerStep) {
    /** Every step sends the gradient of every parameter and receives the mean, whatever way they are reduced. */
    public static final String DATA_PARALLEL = "data parallel";

    /** Data parallelism and every variant, for each source. */
    static List<Traffic> ofAll(PipelineSettings settings) {
        List<Traffic> all = new ArrayList<>();
        for (Replica replica : Replica.of(settings, Variant.GLOB)) {
            GroupSizes sizes = replica.sizes();
            long bytesPerParameter = (long) Float.BYTES * settings.rounds().localSteps();
            all.add(of(
                    settings,
                    DATA_PARALLEL,
                    replica,
                    new GroupBytes(
                            bytesPerParameter * sizes.body(),
                            bytesPerParameter * sizes.tokens(),
                            bytesPerParameter * sizes.positions(),
                            0)));
        }
        for (Variant variant : Variant.values()) {
            for (Replica replica : Replica.of(settings, variant)) {
                all.add(of(
                        settings, variant.name().toLowerCase(Locale.ROOT), replica, mean(settings, variant, replica)));
            }
        }
        return all;
    }

    private static GroupBytes mean(PipelineSettings settings, Variant variant, Replica replica) {
        InnerState inner = settings.merging().innerState();
        RoundBytes round = new RoundBytes(
                replica.shape(),
                variant,
                replica.pieces(),
                settings.globalPieces(),
                replica.shape().sequenceLength(),
                inner,
                0);
        double tensors = RoundBytes.meanTensors(inner);
        ToLongFunction<ParameterGroup> bytes = group -> Math.round(tensors * round.tensorBytes(group));
        return new GroupBytes(
                bytes.applyAsLong(BODY),
                bytes.applyAsLong(TOKENS),
                bytes.applyAsLong(POSITIONS),
                Math.round(tensors * round.idBytes()));
    }

    private static Traffic of(PipelineSettings settings, String method, Replica replica, GroupBytes bytes) {
        double perStep = (double) bytes.total() / settings.rounds().localSteps();
        return new Traffic(method, replica.name(), bytes, bytes, perStep, perStep);
    }
}
