package io.tributary.bench;

import io.tributary.model.Architecture;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The model that is stepped.
 *
 * @param pieces V, the size of the vocabulary
 * @param rows B, rows of T tokens in a step
 * @param precision what Tributary computes with
 */
public record StepSetup(ModelShape shape, int pieces, int rows, Precision precision) {
    private static final int BATCHES = 8;

    public StepSetup {
        if (pieces < 1 || rows < 1) {
            throw new IllegalArgumentException(
                    "A step has at least one piece and one row, not %d and %d".formatted(pieces, rows));
        }
    }

    /** A product of the forward pass, and how often a step has it. */
    record Product(String name, int m, int k, int n, int times) {}

    /** Tokens that are trained in a step, B T. */
    int tokens() {
        return Math.multiplyExact(rows, shape.sequenceLength());
    }

    /** Operations of a step by {@link ModelShape#flopsPerToken(int)}. */
    double flops() {
        return tokens() * shape.flopsPerToken(pieces);
    }

    /** The linear layers; attention's own products are left out. */
    List<Product> products() {
        int d = shape.width();
        if (shape.architecture() instanceof Architecture.Llama llama) {
            int keysAndValues = 2 * llama.keyValueHeads() * (d / shape.heads());
            return List.of(
                    new Product("qkv", tokens(), d, d + keysAndValues, shape.layers()),
                    new Product("attention projection", tokens(), d, d, shape.layers()),
                    new Product("gate and up", tokens(), d, 2 * llama.feedForward(), shape.layers()),
                    new Product("down", tokens(), llama.feedForward(), d, shape.layers()),
                    new Product("head", tokens(), d, pieces, 1));
        }
        return List.of(
                new Product("qkv", tokens(), d, 3 * d, shape.layers()),
                new Product("attention projection", tokens(), d, d, shape.layers()),
                new Product("mlp up", tokens(), d, 4 * d, shape.layers()),
                new Product("mlp down", tokens(), 4 * d, d, shape.layers()),
                new Product("head", tokens(), d, pieces, 1));
    }

    /** Ids of so many batches, B rows of T+1 each, drawn from a seed. */
    List<int[]> batches() {
        Random random = new Random(1);
        return random.ints(BATCHES)
                .mapToObj(seed -> new Random(seed)
                        .ints((long) rows * (shape.sequenceLength() + 1), 0, pieces)
                        .toArray())
                .toList();
    }

    String title() {
        return "%s, %d layers of width %d, %d heads, %,d pieces, %d rows of %d tokens, %s"
                .formatted(
                        shape.architecture().name(),
                        shape.layers(),
                        shape.width(),
                        shape.heads(),
                        pieces,
                        rows,
                        shape.sequenceLength(),
                        precisionName());
    }

    /** As the command line writes it. */
    String precisionName() {
        return switch (precision) {
            case FP32 -> "fp32";
            case BF16 -> "bf16";
        };
    }

    /** As the command line names them. */
    Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : List.of("layers", "width", "heads", "pieces", "rows", "length", "precision")) {
            options.put(option, String.valueOf(settings().get(option)));
        }
        return options;
    }

    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("architecture", shape.architecture().name());
        settings.put("layers", shape.layers());
        settings.put("width", shape.width());
        settings.put("heads", shape.heads());
        settings.put("pieces", pieces);
        settings.put("rows", rows);
        settings.put("length", shape.sequenceLength());
        settings.put("precision", precisionName());
        settings.put("parameters", shape.bodyParameters() + shape.tokenParameters(pieces) + shape.positionParameters());
        settings.put("flopsPerToken", shape.flopsPerToken(pieces));
        return settings;
    }
}
