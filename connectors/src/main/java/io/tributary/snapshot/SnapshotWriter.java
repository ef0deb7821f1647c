package io.tributary.snapshot;

import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Writes files of one snapshot into its unfinished folder, {@code .round-000012.tmp}. Subtasks write different files of
 * the same folder; {@link SnapshotCommitter} makes it a snapshot when all are there. A file written again, after a
 * failure, replaces the one before.
 */
public final class SnapshotWriter {
    /** Name of the tensor [V, d] of token embeddings, which every source has. */
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

    public SnapshotPart.File writeBody(List<Tensor> tensors) throws IOException {
        return write("", SnapshotLayout.BODY, out -> SafetensorsWriter.write(out, METADATA, tensors));
    }

    /**
     * Writes what belongs to one source.
     *
     * @param embeddings {@link #TOKEN_EMBEDDING} and, where positions are learned, {@link #POSITION_EMBEDDING}
     * @param tokenizerModel a SentencePiece {@code ModelProto}
     */
    public List<SnapshotPart.File> writeSource(String source, List<Tensor> embeddings, byte[] tokenizerModel)
            throws IOException {
        String sourceFolder = SnapshotLayout.sourceFolder(source) + "/";
        return List.of(
                write(
                        source,
                        sourceFolder + SnapshotLayout.EMBEDDINGS,
                        out -> SafetensorsWriter.write(out, METADATA, embeddings)),
                write(source, sourceFolder + SnapshotLayout.TOKENIZER, out -> out.write(tokenizerModel)));
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
