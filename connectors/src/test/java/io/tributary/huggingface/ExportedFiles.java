package io.tributary.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** A Hugging Face folder, read by hand: nothing here is of the code that wrote it. */
record ExportedFiles(Path folder) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param values row by row */
    record Matrix(List<Integer> shape, double[] values) {}

    JsonNode json(String name) {
        try {
            return JSON.readTree(folder.resolve(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By name. */
    record Tensors(Map<String, Matrix> all) {
        Matrix get(String name) {
            return Objects.requireNonNull(all.get(name), name);
        }
    }

    /** Of all files that the index names, or of the only one. */
    Tensors tensors() throws IOException {
        Map<String, Matrix> tensors = new HashMap<>();
        if (Files.exists(folder.resolve("model.safetensors"))) {
            read("model.safetensors", tensors);
            return new Tensors(tensors);
        }
        TreeSet<String> files = new TreeSet<>();
        JsonNode fileOf = json("model.safetensors.index.json").get("weight_map");
        fileOf.forEach(file -> files.add(file.textValue()));
        for (String file : files) {
            read(file, tensors);
        }
        return new Tensors(tensors);
    }

    JsonNode header(String file) throws IOException {
        return header(bytes(file));
    }

    private ByteBuffer bytes(String file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static JsonNode header(ByteBuffer bytes) throws IOException {
        byte[] json = new byte[(int) bytes.getLong()];
        bytes.get(json);
        return JSON.readTree(json);
    }

    private void read(String file, Map<String, Matrix> tensors) throws IOException {
        ByteBuffer bytes = bytes(file);
        JsonNode header = header(bytes);
        int start = bytes.position();
        header.properties().forEach(field -> {
            if (!field.getKey().equals("__metadata__")) {
                tensors.put(field.getKey(), matrix(field.getValue(), bytes, start));
            }
        });
    }

    private static Matrix matrix(JsonNode entry, ByteBuffer bytes, int start) {
        List<Integer> shape =
                entry.get("shape").valueStream().map(JsonNode::intValue).toList();
        double[] values = new double[shape.stream().reduce(1, (a, b) -> a * b)];
        int at = start + entry.get("data_offsets").get(0).intValue();
        boolean half = entry.get("dtype").textValue().equals("BF16");
        for (int i = 0; i < values.length; i++) {
            values[i] = half ? Float.intBitsToFloat(bytes.getShort(at + 2 * i) << 16) : bytes.getFloat(at + 4 * i);
        }
        return new Matrix(shape, values);
    }
}
