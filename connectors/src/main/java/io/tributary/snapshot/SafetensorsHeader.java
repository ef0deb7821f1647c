package io.tributary.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The JSON at the head of a safetensors file: names, shapes and places of its tensors, and a table of strings.
 *
 * @param entries by name, in the order of the file
 */
record SafetensorsHeader(SortedMap<String, String> metadata, Map<String, Entry> entries) {
    /**
     * Where a tensor lies.
     *
     * @param begin first byte, counted from the end of the header
     * @param end the byte after the last one
     */
    record Entry(Dtype dtype, List<Long> shape, long begin, long end) {}

    /** A reader refuses a longer header, as the format's own library does. */
    static final long MAX_BYTES = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Lays tensors out one after the other. */
    static SafetensorsHeader of(Map<String, String> metadata, Dtype dtype, List<Tensor> tensors) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        long begin = 0;
        for (Tensor tensor : tensors) {
            long end = Math.addExact(begin, Math.multiplyExact(tensor.count(), dtype.bytes()));
            boolean taken = entries.put(tensor.name(), new Entry(dtype, tensor.shape(), begin, end)) != null;
            if (taken || tensor.name().equals(METADATA)) {
                throw new IllegalArgumentException(
                        "A file of tensors cannot have this name, or not twice: '%s'".formatted(tensor.name()));
            }
            begin = end;
        }
        return new SafetensorsHeader(new TreeMap<>(metadata), entries);
    }

    /** The JSON, padded with spaces to a multiple of 8 bytes, so that the tensors are aligned. */
    byte[] encode() {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode strings = root.putObject(METADATA);
            metadata.forEach(strings::put);
        }
        entries.forEach((name, entry) -> {
            ObjectNode tensor = root.putObject(name);
            tensor.put("dtype", entry.dtype().name());
            ArrayNode shape = tensor.putArray("shape");
            entry.shape().forEach(shape::add);
            tensor.putArray("data_offsets").add(entry.begin()).add(entry.end());
        });
        String json = root.toString();
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return (json + " ".repeat(Math.floorMod(-length, 8))).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a header and checks that its tensors fill the file without a gap.
     *
     * @param dataBytes bytes of the file after the header
     * @throws IOException that says what is wrong, without the name of the file
     */
    static SafetensorsHeader decode(byte[] json, long dataBytes) throws IOException {
        SortedMap<String, String> metadata = new TreeMap<>();
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : parse(json).properties()) {
            if (field.getKey().equals(METADATA)) {
                field.getValue()
                        .properties()
                        .forEach(string ->
                                metadata.put(string.getKey(), string.getValue().asText()));
            } else {
                entries.put(field.getKey(), entry(field.getKey(), field.getValue()));
            }
        }
        checkPlaces(entries, dataBytes);
        return new SafetensorsHeader(metadata, entries);
    }

    private static ObjectNode parse(byte[] json) throws IOException {
        try {
            if (JSON.readTree(json) instanceof ObjectNode root) {
                return root;
            }
            throw new IOException("its header is not a JSON object");
        } catch (JsonProcessingException e) {
            throw new IOException("its header is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Entry entry(String name, JsonNode tensor) throws IOException {
        Dtype dtype = dtype(name, tensor.path("dtype").asText());
        List<Long> shape = longs(name, tensor.path("shape"));
        List<Long> offsets = longs(name, tensor.path("data_offsets"));
        if (offsets.size() != 2) {
            throw new IOException("the tensor '%s' has no data_offsets of two numbers".formatted(name));
        }
        Entry entry = new Entry(dtype, shape, offsets.get(0), offsets.get(1));
        if (entry.end() - entry.begin() != bytes(name, dtype, shape)) {
            throw new IOException("the tensor '%s' of shape %s cannot lie in bytes %d to %d"
                    .formatted(name, shape, entry.begin(), entry.end()));
        }
        return entry;
    }

    private static Dtype dtype(String name, String found) throws IOException {
        for (Dtype dtype : Dtype.values()) {
            if (dtype.name().equals(found)) {
                return dtype;
            }
        }
        throw new IOException("the tensor '%s' is of type '%s', and only %s are read"
                .formatted(name, found, Arrays.toString(Dtype.values())));
    }

    private static long bytes(String name, Dtype dtype, List<Long> shape) throws IOException {
        try {
            return Math.multiplyExact(Tensor.count(shape), dtype.bytes());
        } catch (ArithmeticException e) {
            throw new IOException("the tensor '%s' is larger than any file: %s".formatted(name, shape), e);
        }
    }

    private static List<Long> longs(String name, JsonNode array) throws IOException {
        List<Long> values = new ArrayList<>();
        for (JsonNode value : array) {
            if (!value.canConvertToLong() || !value.isIntegralNumber() || value.longValue() < 0) {
                throw new IOException("the tensor '%s' has '%s' where a size belongs".formatted(name, value));
            }
            values.add(value.longValue());
        }
        return List.copyOf(values);
    }

    private static void checkPlaces(Map<String, Entry> entries, long dataBytes) throws IOException {
        List<Map.Entry<String, Entry>> byPlace = new ArrayList<>(entries.entrySet());
        byPlace.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long end = 0;
        for (Map.Entry<String, Entry> tensor : byPlace) {
            if (tensor.getValue().begin() != end) {
                throw new IOException("the tensor '%s' begins at byte %d, and the one before it ends at %d"
                        .formatted(tensor.getKey(), tensor.getValue().begin(), end));
            }
            end = tensor.getValue().end();
        }
        if (end != dataBytes) {
            throw new IOException("its tensors take %d bytes, but %d follow the header: it was cut short or added to"
                    .formatted(end, dataBytes));
        }
    }
}
