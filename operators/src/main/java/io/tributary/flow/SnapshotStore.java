package io.tributary.flow;

import io.tributary.model.Body;
import io.tributary.model.ModelShape;
import io.tributary.model.SourceModel;
import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** Where Train subtasks write their share of a snapshot. What is written is not visible until it is committed. */
public interface SnapshotStore extends Serializable {
    /** Writes the body that its round starts from. */
    List<SnapshotPart.File> writeBody(ModelShape shape, Body body) throws IOException;

    /**
     * Writes what belongs to one source alone.
     *
     * @param round the round that the snapshot is named after
     * @param vocabulary the source's SentencePiece model
     */
    List<SnapshotPart.File> writeSource(
            long round, ModelShape shape, String source, SourceModel model, byte[] vocabulary) throws IOException;
}
