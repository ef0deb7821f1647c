package io.tributary.snapshot;

import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Writes files of one snapshot into its unfinished folder, {@code .round-000012.tmp}. Subtasks write different files of
 * the same folder; {@link SnapshotCommitter} makes it a snapshot when all are there. A file written again, after a
 * failure, replaces the one before.
 */
public final class SnapshotWriter {
    /** Name of the tensor [V, d] of token embeddings. */
    public static final String TOKEN_EMBEDDING = "token_embedding";

    /** Name of the tensor [T, d] of learned positions. */
    public static final String POSITION_EMBEDDING = "position_embedding";

    /** Without it, the transformers library does not load a file. */
    private static final Map<String, String> METADATA = Map.of("format", "pt");

    private final Path folder;

    /** Writes the parameters that {@code round} starts from, under the folder of all snapshots. */
    public SnapshotWriter(Path root, long round) {
        this.folder = SnapshotLayout.unfinished(root, round);
    }

    /**
     * Writes the body of one source, or of all.
     *
     * @param owner the name of a source, or nothing for the body of all
     */
    public SnapshotPart.File writeBody(String owner, List<Tensor> tensors) throws IOException {
        return write(
                owner, folderOf(owner) + SnapshotLayout.BODY, out -> SafetensorsWriter.write(out, METADATA, tensors));
    }

    /**
     * Writes embeddings of one source, or of all.
     *
     * @param owner the name of a source, or nothing for embeddings of all
     * @param embeddings {@link #TOKEN_EMBEDDING}, {@link #POSITION_EMBEDDING}, or both
     */
    public SnapshotPart.File writeEmbeddings(String owner, List<Tensor> embeddings) throws IOException {
        return write(
                owner,
                folderOf(owner) + SnapshotLayout.EMBEDDINGS,
                out -> SafetensorsWriter.write(out, METADATA, embeddings));
    }

    /**
     * Writes what a source's ids mean.
     *
     * @param model a SentencePiece {@code ModelProto}
     * @param held the pieces of the model whose embeddings the source has, row by row; empty where it has all
     */
    public List<SnapshotPart.File> writeVocabulary(String source, byte[] model, int[] held) throws IOException {
        List<SnapshotPart.File> files = new ArrayList<>();
        files.add(write(source, folderOf(source) + SnapshotLayout.TOKENIZER, out -> out.write(model)));
        if (held.length > 0) {
            String lines = Arrays.stream(held).mapToObj(id -> id + "\n").collect(Collectors.joining());
            files.add(write(
                    source,
                    folderOf(source) + SnapshotLayout.HELD_PIECES,
                    out -> out.write(lines.getBytes(StandardCharsets.US_ASCII))));
        }
        return files;
    }

    /** Writes what a source has been trained on. */
    public SnapshotPart.File writeCounts(String source, SourceCounts counts) throws IOException {
        return write(source, folderOf(source) + SnapshotLayout.COUNTS, out -> out.write(counts.toJson()));
    }

    private static String folderOf(String owner) {
        return owner.isEmpty() ? "" : SnapshotLayout.sourceFolder(owner) + "/";
    }

    private SnapshotPart.File write(String source, String relativePath, Content content) throws IOException {
        Path file = new Path(folder, relativePath);
        FileSystem fileSystem = file.getFileSystem();
        try (FSDataOutputStream out = fileSystem.create(file, FileSystem.WriteMode.OVERWRITE)) {
            DigestOutputStream digesting = new DigestOutputStream(out, Sha256.digest());
            content.writeTo(digesting);
            Durable.file(out, fileSystem);
            String sha256 =
                    HexFormat.of().formatHex(digesting.getMessageDigest().digest());
            return new SnapshotPart.File(source, relativePath, out.getPos(), sha256);
        } catch (IOException e) {
            throw new IOException("Cannot write the snapshot's file %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    @FunctionalInterface
    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }
}
