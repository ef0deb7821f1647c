package io.tributary.pretrained;

import io.tributary.model.ModelShape;
import java.io.IOException;
import java.util.SortedSet;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** A model in a folder on any file system that Flink knows, which a job can begin with. */
public interface Pretrained {
    /**
     * Opens the folder of a snapshot or of a Hugging Face model, whichever it is, and checks that its files are there.
     *
     * @throws IOException that says what is missing or wrong
     */
    static Pretrained open(Path folder) throws IOException {
        FileSystem fileSystem = folder.getFileSystem();
        if (fileSystem.exists(new Path(folder, SnapshotModel.MARK))) {
            return SnapshotModel.open(folder);
        }
        if (fileSystem.exists(new Path(folder, HuggingFaceModel.MARK))) {
            return HuggingFaceModel.open(folder);
        }
        throw new IOException(
                "%s has neither the %s of a snapshot nor the %s of a Hugging Face model: name the folder of one snapshot, such as round-000012, or of one model"
                        .formatted(folder, SnapshotModel.MARK, HuggingFaceModel.MARK));
    }

    /** The shape of the body; its sequence length is that of the model, of which sources may differ. */
    ModelShape shape();

    /** The sources that it knows by name; none where there is one model, for whoever wants it. */
    SortedSet<String> sources();

    /** Whether there is one body for all. */
    boolean hasCommonBody();

    /** Whether everything is written in one vocabulary. */
    boolean hasOneVocabulary();

    /**
     * The vocabulary of a source, a SentencePiece {@code ModelProto}.
     *
     * @throws IOException if there is none; it says what to do
     */
    byte[] vocabulary(String source) throws IOException;

    /** The body [N] that a source trained on, in the order of {@link io.tributary.model.BodyLayout}. */
    Slices body(String source) throws IOException;

    /** The token embeddings [V, d] of a source, row by row of its vocabulary. */
    Slices tokens(String source) throws IOException;

    /** The position embeddings [T, d] of a source. */
    Slices positions(String source) throws IOException;

    /**
     * Reads all that has a checksum and compares it.
     *
     * @throws IOException that says which file is damaged
     */
    void verify() throws IOException;
}
