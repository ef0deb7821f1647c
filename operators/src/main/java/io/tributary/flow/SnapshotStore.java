package io.tributary.flow;

import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** Where Train subtasks write their share of a snapshot. What is written is not visible until it is committed. */
public interface SnapshotStore extends Serializable {
    /** The owner of what all sources have in common. */
    String EVERYONE = "";

    /** Values of a parameter group, wherever they lie. */
    interface Values {
        /** How many there are. */
        long size();

        /** Copies those from an index on. */
        void copy(long from, float[] out);
    }

    /**
     * Writes parameters of one source, or of everyone.
     *
     * @param round the round that the snapshot is named after
     * @param owner the name of the source, or {@link #EVERYONE}
     * @param groups rows of d in the case of embeddings; none at all are no file
     */
    List<SnapshotPart.File> writeParameters(
            long round, ModelShape shape, String owner, Map<ParameterGroup, Values> groups) throws IOException;

    /**
     * Writes the vocabulary of a source.
     *
     * @param model a SentencePiece {@code ModelProto}
     * @param held the pieces of the model that the source holds, in the order of its embeddings; empty where it holds all
     */
    List<SnapshotPart.File> writeVocabulary(long round, String source, byte[] model, int[] held) throws IOException;

    /**
     * Writes what a source has been trained on since it began.
     *
     * @param bytes of the text in UTF-8
     */
    SnapshotPart.File writeCounts(long round, String source, long tokens, long bytes) throws IOException;
}
