package io.tributary.huggingface;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.model.ModelShape;
import io.tributary.snapshot.Dtype;
import io.tributary.snapshot.FlinkFolder;
import io.tributary.snapshot.SafetensorsReader;
import io.tributary.snapshot.SafetensorsWriter;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SnapshotWriter;
import io.tributary.snapshot.Tensor;
import io.tributary.vocabulary.SentencePieceModel;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Writes the model of one source of a snapshot as a Hugging Face folder, which the transformers library, vLLM and the
 * converter of llama.cpp open.
 *
 * @param dtype of the values
 * @param maxShardBytes of the tensors in one file; a larger tensor has a file of its own
 */
public record Export(Dtype dtype, long maxShardBytes) {
    /** As the transformers library cut files for years: 5 GB. */
    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

    private static final ObjectWriter JSON = JsonMapper.builder()
            .build()
            .writer(new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                    .withArrayIndenter(new DefaultIndenter("  ", "\n")));

    public Export {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("A file holds at least one byte, and not " + maxShardBytes);
        }
    }

    /**
     * What was written.
     *
     * @param files names in the folder
     * @param parameters of the model
     */
    public record Result(List<String> files, long parameters) {}

    /**
     * Writes the folder; {@code config.json} comes last, and nobody takes a folder without it for a model.
     *
     * @param to a folder that is empty or not there yet
     * @throws IOException if the snapshot is damaged, lacks the source, or something cannot be written
     * @throws IllegalArgumentException if there is no such model at Hugging Face; it says why and what to do
     */
    public Result run(Snapshot snapshot, String source, Path to) throws IOException {
        byte[] tokenizer = snapshot.tokenizer(source);
        SentencePieceModel vocabulary = SentencePieceModel.read(tokenizer);
        ModelShape shape = snapshot.manifest().facts().shape(source);
        Family family = Family.of(shape);
        TokenizerJson tokenizerJson = new TokenizerJson(vocabulary, tokenizer);
        int[] rowOf = rowOf(snapshot, source, vocabulary.pieces().size());
        requireFree(to);
        snapshot.verifyChecksums();
        ModelFiles small = new ModelFiles(family, shape, vocabulary, dtype);
        Folder folder = new Folder(to);
        try {
            long parameters = writeWeights(snapshot, source, shape, rowOf, folder);
            folder.write("tokenizer.model", out -> out.write(tokenizer));
            folder.write("tokenizer.json", out -> {
                JsonGenerator json = new JsonFactory().createGenerator(out);
                tokenizerJson.write(json);
                json.flush();
            });
            folder.writeJson("tokenizer_config.json", small.tokenizer());
            folder.writeJson("special_tokens_map.json", small.specialTokens());
            folder.writeJson("generation_config.json", small.generation());
            String card = new ModelCard(snapshot, source, small, parameters).text();
            folder.write("README.md", out -> out.write(card.getBytes(StandardCharsets.UTF_8)));
            folder.writeJson("config.json", small.config());
            return new Result(folder.written, parameters);
        } catch (IOException | RuntimeException e) {
            folder.remove(e);
            throw e;
        }
    }

    /**
     * For each piece of the vocabulary the row of its embedding.
     *
     * <p>A source of TRIM that lacks pieces spells them in those that it has, after text was cut by the whole vocabulary.
     * No tokenizer of the library does that, and one of the held pieces alone cuts text in other places.
     */
    private static int[] rowOf(Snapshot snapshot, String source, int pieces) throws IOException {
        int[] rowOf = new int[pieces];
        Optional<int[]> held = snapshot.heldPieces(source);
        if (held.isPresent()) {
            if (held.get().length < pieces) {
                throw new IllegalArgumentException(
                        ("The source '%s' holds %,d of the %,d pieces of its vocabulary, as the variant TRIM has it, and spells"
                                        + " the others in those. No tokenizer of Hugging Face can, so the model would see"
                                        + " other tokens than in training. Export a snapshot of variant glob, spec or single")
                                .formatted(source, held.get().length, pieces));
            }
            for (int row = 0; row < pieces; row++) {
                rowOf[held.get()[row]] = row;
            }
        } else {
            Arrays.setAll(rowOf, id -> id);
        }
        return rowOf;
    }

    private static void requireFree(Path to) throws IOException {
        if (!new FlinkFolder(to).isFree()) {
            throw new Failure(
                    ErrorCode.MODEL_UNUSABLE,
                    "%s is not empty: name a new folder, since files of another model would mix with this one"
                            .formatted(to));
        }
    }

    private long writeWeights(Snapshot snapshot, String source, ModelShape shape, int[] rowOf, Folder folder)
            throws IOException {
        NameMap map = NameMap.of(shape);
        List<Tensor> tensors = new ArrayList<>();
        if (map.family() == Family.GPT2) {
            try (SafetensorsReader positions = snapshot.embedding(source, SnapshotWriter.POSITION_EMBEDDING)) {
                tensors.add(Weights.positions(positions, shape));
            }
        }
        try (SafetensorsReader body = snapshot.body(source);
                SafetensorsReader tokens = snapshot.embedding(source, SnapshotWriter.TOKEN_EMBEDDING)) {
            tensors.add(Weights.tokens(map.family(), tokens, rowOf, shape));
            tensors.addAll(Weights.body(map, body));
            Map<String, String> metadata = new TreeMap<>(Map.of(
                    "format",
                    "pt",
                    "producer",
                    "tributary",
                    "source",
                    source,
                    "round",
                    String.valueOf(snapshot.round()),
                    "variant",
                    snapshot.manifest().facts().variant()));
            writeShards(tensors, metadata, folder);
            return tensors.stream().mapToLong(Tensor::count).sum();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void writeShards(List<Tensor> tensors, Map<String, String> metadata, Folder folder) throws IOException {
        List<List<Tensor>> shards = shards(tensors);
        Map<String, String> fileOf = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = shards.size() == 1
                    ? "model.safetensors"
                    : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            List<Tensor> shard = shards.get(i);
            folder.write(name, out -> SafetensorsWriter.write(out, metadata, dtype, shard));
            shard.forEach(tensor -> fileOf.put(tensor.name(), name));
        }
        if (shards.size() > 1) {
            long parameters = tensors.stream().mapToLong(Tensor::count).sum();
            Map<String, Object> index = new LinkedHashMap<>();
            index.put("metadata", Map.of("total_size", parameters * dtype.bytes()));
            index.put("weight_map", fileOf);
            folder.writeJson("model.safetensors.index.json", index);
        }
    }

    /** In the order of the tensors, each as full as it may be. */
    private List<List<Tensor>> shards(List<Tensor> tensors) {
        List<List<Tensor>> shards = new ArrayList<>();
        long bytes = 0;
        for (Tensor tensor : tensors) {
            long size = tensor.count() * dtype.bytes();
            if (shards.isEmpty() || bytes + size > maxShardBytes) {
                shards.add(new ArrayList<>());
                bytes = 0;
            }
            shards.get(shards.size() - 1).add(tensor);
            bytes += size;
        }
        return shards;
    }

    /** Writes no more once its thread is interrupted, as Ctrl-C does it. */
    private static final class Interruptible extends FilterOutputStream {
        Interruptible(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (Thread.interrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            out.write(bytes, offset, length);
        }
    }

    /** The folder that is written, and what is in it so far. */
    private static final class Folder {
        private final Path path;
        private final FileSystem fileSystem;
        private final List<String> written = new ArrayList<>();

        Folder(Path path) throws IOException {
            this.path = path;
            this.fileSystem = path.getFileSystem();
        }

        @FunctionalInterface
        interface Content {
            void writeTo(OutputStream out) throws IOException;
        }

        void write(String name, Content content) throws IOException {
            written.add(name);
            Path file = new Path(path, name);
            try (OutputStream out = new BufferedOutputStream(
                    new Interruptible(fileSystem.create(file, FileSystem.WriteMode.NO_OVERWRITE)), 1 << 16)) {
                content.writeTo(out);
            } catch (IOException e) {
                throw new IOException("Cannot write %s: %s".formatted(file, e.getMessage()), e);
            }
        }

        void writeJson(String name, Map<String, Object> content) throws IOException {
            byte[] json = (JSON.writeValueAsString(content) + "\n").getBytes(StandardCharsets.UTF_8);
            write(name, out -> out.write(json));
        }

        /** Leaves no half a model behind. */
        void remove(Exception reason) {
            for (String name : written) {
                try {
                    fileSystem.delete(new Path(path, name), false);
                } catch (IOException e) {
                    reason.addSuppressed(e);
                }
            }
        }
    }
}
