package io.tributary.pretrained;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.huggingface.Family;
import io.tributary.huggingface.NameMap;
import io.tributary.huggingface.NameMap.Entry;
import io.tributary.model.ModelShape;
import io.tributary.snapshot.SafetensorsReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.core.fs.Path;

/** A folder of the transformers library, from the hub or from an export, with its tensors as safetensors. */
final class HuggingFaceModel implements Pretrained {
    /** The file that makes a folder a model. */
    static final String MARK = "config.json";

    private static final String ONE_FILE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String TOKENIZER = "tokenizer.model";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final ModelShape shape;
    private final boolean tied;
    /** Names of tensors in the folder, with the name of the file that each is in. */
    private final Map<String, String> fileOf;

    private HuggingFaceModel(Path folder, ModelShape shape, boolean tied, Map<String, String> fileOf) {
        this.folder = folder;
        this.shape = shape;
        this.tied = tied;
        this.fileOf = fileOf;
    }

    static HuggingFaceModel open(Path folder) throws IOException {
        HuggingFaceConfig config = new HuggingFaceConfig(json(new Path(folder, MARK)));
        try {
            HuggingFaceModel model =
                    new HuggingFaceModel(folder, config.shape(), config.isTied(), filesByTensor(folder));
            model.body("").close();
            return model;
        } catch (IOException e) {
            throw new IOException("%s is of no use: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static JsonNode json(Path file) throws IOException {
        try (InputStream in = file.getFileSystem().open(file)) {
            return JSON.readTree(in);
        } catch (JsonProcessingException e) {
            throw new IOException("%s is damaged: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }

    private static Map<String, String> filesByTensor(Path folder) throws IOException {
        Map<String, String> fileOf = new HashMap<>();
        Path index = new Path(folder, INDEX);
        Path one = new Path(folder, ONE_FILE);
        if (index.getFileSystem().exists(index)) {
            json(index)
                    .path("weight_map")
                    .properties()
                    .forEach(
                            entry -> fileOf.put(entry.getKey(), entry.getValue().asText()));
        } else if (one.getFileSystem().exists(one)) {
            try (SafetensorsReader reader = SafetensorsReader.open(one)) {
                reader.names().forEach(name -> fileOf.put(name, ONE_FILE));
            }
        } else {
            throw new FileNotFoundException(
                    "it has neither %s nor %s; save its tensors as safetensors, as transformers does with save_pretrained"
                            .formatted(ONE_FILE, INDEX));
        }
        return fileOf;
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public SortedSet<String> sources() {
        return new TreeSet<>();
    }

    @Override
    public boolean hasCommonBody() {
        return true;
    }

    @Override
    public boolean hasOneVocabulary() {
        return true;
    }

    @Override
    public byte[] vocabulary(String source) throws IOException {
        if (!tied) {
            throw new IOException(
                    "%s has a head beside its token embeddings (tie_word_embeddings is false), and in Tributary both are one: say embeddings: new"
                            .formatted(folder));
        }
        Path file = new Path(folder, TOKENIZER);
        if (!file.getFileSystem().exists(file)) {
            throw new FileNotFoundException(
                    "%s has no %s, and Tributary reads no vocabulary but one of SentencePiece: say embeddings: %s"
                            .formatted(folder, TOKENIZER, shape.learnsPositions() ? "positions" : "new"));
        }
        try (InputStream in = file.getFileSystem().open(file)) {
            return in.readAllBytes();
        }
    }

    @Override
    public Slices body(String source) throws IOException {
        Files files = new Files();
        try {
            List<BodySlices.Part> parts = new ArrayList<>();
            long size = 0;
            for (Entry entry : NameMap.of(shape).body()) {
                String name = nameOf(entry.name());
                SafetensorsReader reader = files.with(name);
                if (!reader.shape(name).equals(entry.shape())) {
                    throw new IOException("the tensor '%s' is of shape %s, and %s tells of a model with %s"
                            .formatted(name, reader.shape(name), MARK, entry.shape()));
                }
                long values = (long) entry.rows() * entry.columns();
                parts.add(new BodySlices.Part(
                        entry.ours().offset() + entry.offset(),
                        values,
                        entry.transposed()
                                ? (from, out) -> readColumns(reader, name, entry, from, out)
                                : (from, out) -> reader.read(name, from, out)));
                size += values;
            }
            return new BodySlices(parts, size, List.copyOf(files.open.values()));
        } catch (IOException e) {
            files.close();
            throw e;
        }
    }

    /**
     * Reads rows that are columns in the file: of each of its rows the few elements that belong to them. That is a seek
     * for each, but nothing is read twice and no matrix is on the heap.
     */
    private static void readColumns(SafetensorsReader reader, String name, Entry entry, long from, float[] out)
            throws IOException {
        int columns = entry.columns();
        int firstRow = (int) (from / columns);
        int lastRow = (int) ((from + out.length - 1) / columns);
        float[] some = new float[lastRow - firstRow + 1];
        for (int column = 0; column < columns; column++) {
            reader.read(name, (long) column * entry.rows() + firstRow, some);
            for (int i = 0; i < some.length; i++) {
                long at = (long) (firstRow + i) * columns + column - from;
                if (at >= 0 && at < out.length) {
                    out[(int) at] = some[i];
                }
            }
        }
    }

    @Override
    public Slices tokens(String source) throws IOException {
        return matrix(NameMap.of(shape).family().tokenEmbedding());
    }

    @Override
    public Slices positions(String source) throws IOException {
        return matrix(Family.POSITION_EMBEDDING);
    }

    private Slices matrix(String name) throws IOException {
        String there = nameOf(name);
        return TensorSlices.matrix(new Files().with(there), there, shape.width());
    }

    /** Models that were saved without their head, such as the first GPT-2, have names without the prefix. */
    private String nameOf(String name) throws IOException {
        String prefix = NameMap.of(shape).family().prefix();
        String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        for (String there : List.of(name, bare)) {
            if (fileOf.containsKey(there)) {
                return there;
            }
        }
        throw new IOException("it has no tensor '%s'".formatted(name));
    }

    /** A Hugging Face folder has no checksums; lengths and shapes are looked at when it is opened. */
    @Override
    public void verify() {}

    /** The files that hold some tensors. */
    private final class Files {
        private final Map<String, SafetensorsReader> open = new HashMap<>();

        SafetensorsReader with(String tensor) throws IOException {
            String file = fileOf.getOrDefault(tensor, ONE_FILE);
            SafetensorsReader reader = open.get(file);
            if (reader == null) {
                reader = SafetensorsReader.open(new Path(folder, file));
                open.put(file, reader);
            }
            return reader;
        }

        void close() throws IOException {
            for (SafetensorsReader reader : open.values()) {
                reader.close();
            }
        }
    }
}
