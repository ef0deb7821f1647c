package io.tributary.huggingface;

import io.tributary.model.Architecture.Llama;
import io.tributary.model.BodyLayout;
import io.tributary.model.BodyLayout.BodyTensor;
import io.tributary.model.ModelShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which tensor of a Hugging Face model is which of a body: for reading and for writing.
 *
 * <p>Tributary's names are Hugging Face's already ({@link BodyLayout}), but for the prefix of the {@link Family}. Two
 * things differ: GPT-2's linear layers lie there as [in, out], and what Llama's body holds in one tensor is several
 * there. Both rotate the same pairs of a head, i and i + e/2, so rows of queries and keys stand in the same order.
 *
 * @param body in the order of the flat body
 */
public record NameMap(Family family, List<Entry> body) {
    /** Llama's tensors that lie below each other in one of ours, in this order. */
    private static final Map<String, List<String>> PARTS = Map.of(
            "qkv_proj", List.of("q_proj", "k_proj", "v_proj"),
            "gate_up_proj", List.of("gate_proj", "up_proj"));

    /**
     * A tensor of a Hugging Face model: some rows of a tensor of the body.
     *
     * @param name at Hugging Face
     * @param ours the tensor of the body
     * @param firstRow of the tensor of the body
     * @param rows from there on
     * @param transposed whether Hugging Face has the rows as columns
     */
    public record Entry(String name, BodyTensor ours, int firstRow, int rows, boolean transposed) {
        /** How long a row is: 1 in a vector. */
        public int columns() {
            return ours.shape().size() == 1 ? 1 : ours.shape().get(1);
        }

        /** The sizes of its dimensions at Hugging Face. */
        public List<Long> shape() {
            if (ours.shape().size() == 1) {
                return List.of((long) rows);
            }
            return transposed ? List.of((long) columns(), (long) rows) : List.of((long) rows, (long) columns());
        }

        /** Index in the tensor of the body of the first element. */
        public long offset() {
            return (long) firstRow * columns();
        }
    }

    public NameMap {
        body = List.copyOf(body);
    }

    /**
     * The map of a body of this shape.
     *
     * @throws IllegalArgumentException if Hugging Face has no such model
     */
    public static NameMap of(ModelShape shape) {
        Family family = Family.of(shape);
        List<Entry> entries = new ArrayList<>();
        for (BodyTensor tensor : BodyLayout.of(shape).tensors()) {
            addEntries(family, shape, tensor, entries);
        }
        return new NameMap(family, entries);
    }

    private static void addEntries(Family family, ModelShape shape, BodyTensor tensor, List<Entry> entries) {
        String[] words = tensor.name().split("\\.", -1);
        String module = words[words.length - 2];
        boolean transposed = family == Family.GPT2 && tensor.shape().size() == 2;
        int row = 0;
        for (String part : PARTS.getOrDefault(module, List.of(module))) {
            int rows = part.equals(module) ? tensor.shape().get(0) : rows(part, shape);
            String name = family.prefix() + tensor.name().replace(module, part);
            entries.add(new Entry(name, tensor, row, rows, transposed));
            row += rows;
        }
    }

    private static int rows(String part, ModelShape shape) {
        Llama llama = (Llama) shape.architecture();
        return switch (part) {
            case "q_proj" -> shape.width();
            case "k_proj", "v_proj" -> llama.keyValueHeads() * (shape.width() / shape.heads());
            default -> llama.feedForward();
        };
    }
}
