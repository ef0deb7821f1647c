package io.tributary.flow;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.merge.Merging;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.Standing;
import io.tributary.record.TensorId;
import io.tributary.record.TokenBlocks;
import io.tributary.record.TokenBlocksFormat;
import io.tributary.record.Tokenized;
import io.tributary.record.Wire;
import io.tributary.round.SourceRound;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * The bytes of one key group of Train in a checkpoint. Tensors go from native memory into the stream in pieces, so a
 * checkpoint needs no heap of their size.
 */
final class TrainState {
    static final int VERSION = 4;
    /** The first that is read; before it nothing was published. */
    private static final int FIRST_VERSION = 2;

    /** Brought standings, a checksum, and no rows of a vocabulary where none is shared. */
    private static final int THIRD = 3;
    /** Brought the rounds of sources that are awaited, or not any more, without having begun. */
    private static final int FOURTH = 4;

    private static final int PIECE = 1 << 18;
    private static final String AND_ROWS = " and %d rows of a shared vocabulary";

    private final SubtaskTrainer trainer;
    private final SharedLayout layout;
    private final SourceIdFormat ids = new SourceIdFormat();
    private final TokenBlocksFormat blocks = new TokenBlocksFormat();
    private final SourceRoundFormat rounds = new SourceRoundFormat();

    TrainState(SubtaskTrainer trainer) {
        this.trainer = trainer;
        this.layout = trainer.layout();
    }

    /**
     * Writes the sources of a key group, and before them their models, each once.
     *
     * @param unbegun where sources stand that are known to the rounds and have not begun
     */
    void write(
            int keyGroup,
            List<TrainedSource> sources,
            List<SourceRound> unbegun,
            Map<SourceId, Standing> standings,
            OutputStream raw)
            throws IOException {
        CheckedOutputStream stream = new CheckedOutputStream(raw, new CRC32C());
        DataOutputView out = new DataOutputViewStreamWrapper(stream);
        out.writeInt(VERSION);
        out.writeUTF(fixed());
        out.writeLong(trainer.snapshotProgress().round(keyGroup));
        out.writeInt(standings.size());
        for (Map.Entry<SourceId, Standing> standing : standings.entrySet()) {
            ids.write(standing.getKey(), out);
            standing.getValue().write(out);
        }
        Map<String, SourceModel> models = new TreeMap<>();
        sources.forEach(source -> models.put(trainer.modelName(source.id()), source.model()));
        out.writeInt(models.size());
        for (Map.Entry<String, SourceModel> model : models.entrySet()) {
            out.writeUTF(model.getKey());
            model.getValue().write(stream);
        }
        out.writeInt(sources.size());
        for (TrainedSource source : sources) {
            writeSource(source, out);
        }
        out.writeInt(unbegun.size());
        for (SourceRound round : unbegun) {
            rounds.write(round, out);
        }
        out.writeInt((int) stream.getChecksum().getValue());
    }

    /** A flipped bit would be a parameter like any other, and there is no second copy to tell. */
    private static void checkSum(CheckedInputStream stream, DataInputView in, int keyGroup) throws IOException {
        int sum = (int) stream.getChecksum().getValue();
        if (in.readInt() != sum) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN,
                    "The state of Train is damaged, its key group %d has another checksum than it was written with: start from another savepoint or checkpoint"
                            .formatted(keyGroup));
        }
    }

    /** What a run cannot change: its tensors would not fit, or what comes back would not be what sources wait for. */
    private String fixed() {
        Merging merging = layout.merging();
        String always = "variant %s, inner state %s, resetRounds %d, shardValues %d"
                .formatted(merging.variant(), merging.innerState(), merging.resetRounds(), merging.shardValues());
        return merging.variant().globalVocabulary() ? always + AND_ROWS.formatted(layout.tableRows()) : always;
    }

    /** Until version 2 the rows were written even where no vocabulary is shared. */
    private boolean isOurs(String written, int version) {
        String wanted = fixed();
        return written.equals(wanted)
                || (version < THIRD
                        && !layout.merging().variant().globalVocabulary()
                        && written.startsWith(wanted + " and "));
    }

    private void writeSource(TrainedSource source, DataOutputView out) throws IOException {
        ids.write(source.id(), out);
        boolean known = trainer.rounds().knows(source.id()) && trainer.hasBegun(source.id());
        out.writeBoolean(known);
        if (known) {
            rounds.write(trainer.rounds().state(source.id()), out);
        }
        Wire.writeBytes(source.vocabulary(), out);
        out.writeBoolean(source.rows().isPresent());
        if (source.rows().isPresent()) {
            Wire.writeInts(source.rows().get().held(), out);
        }
        out.writeLong(source.reportedRound());
        Wire.writeLongs(source.unigrams().countsV(), out);
        out.writeLong(source.unigrams().bytes());
        source.traffic().write(out);
        writeProgress(source, out);
        out.writeInt(source.heldOut().size());
        for (TokenBlocks row : source.heldOut()) {
            blocks.write(row, out);
        }
        out.writeInt(source.queue().size());
        for (Tokenized.Batch batch : source.queue()) {
            blocks.write(batch.blocks(), out);
            Wire.writeInts(batch.grown(), out);
        }
        writeBase(source, out);
    }

    private static void writeProgress(TrainedSource source, DataOutputView out) throws IOException {
        writeTally(source.tally(), out);
        out.writeBoolean(source.closed().isPresent());
        if (source.closed().isPresent()) {
            TrainedSource.Closed closed = source.closed().get();
            out.writeLong(closed.round());
            out.writeUTF(closed.participation().name());
            writeTally(closed.tally(), out);
        }
        Wire.writeInts(source.growth(), out);
        out.writeInt(source.epoch());
    }

    /**
     * Only late work needs its base kept. Any other work counts in the round of its base, which its subtask has not
     * closed, so those parameters come back from the outer step; those of late work may be gone there.
     */
    private void writeBase(TrainedSource source, DataOutputView out) throws IOException {
        Optional<SharedParameters> late = source.base()
                .filter(base ->
                        base.round() < trainer.rounds().state(source.id()).round());
        out.writeBoolean(late.isPresent());
        if (late.isPresent()) {
            SharedParameters base = late.get();
            out.writeLong(base.round());
            for (TensorId tensor : parameters()) {
                long size = size(tensor, source);
                for (long from = 0; from < size; from += PIECE) {
                    float[] values = new float[(int) Math.min(PIECE, size - from)];
                    if (layout.byRows(tensor)) {
                        base.copyRows(source.id().name(), tensor, from, values);
                    } else {
                        base.copy(tensor, from, values);
                    }
                    Wire.writeFloats(values, out);
                }
            }
        }
    }

    /** Moments that came with the base have been taken over by the source. */
    private List<TensorId> parameters() {
        return layout.startOf(0);
    }

    private long size(TensorId tensor, TrainedSource source) {
        return layout.byRows(tensor)
                ? source.model().elements(tensor.group())
                : layout.sharding(tensor).parameters();
    }

    private static void writeTally(RoundTally tally, DataOutputView out) throws IOException {
        out.writeLong(tally.steps());
        out.writeLong(tally.tokens());
        out.writeLong(tally.bytes());
        out.writeLong(tally.nanos());
        out.writeDouble(tally.lossSum());
        out.writeLong(tally.rejected());
    }

    void read(int keyGroup, InputStream raw) throws IOException {
        CheckedInputStream stream = new CheckedInputStream(raw, new CRC32C());
        DataInputView in = new DataInputViewStreamWrapper(stream);
        int version = in.readInt();
        if (version < 1) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN,
                    "The state of Train is damaged, it begins with the version %d: start from another savepoint or checkpoint"
                            .formatted(version));
        }
        if (version < FIRST_VERSION || version > VERSION) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "The state of Train has version %d, this Tributary reads %d to %d: resume with the release that wrote the savepoint, or a newer one"
                            .formatted(version, FIRST_VERSION, VERSION));
        }
        String written = in.readUTF();
        if (!isOurs(written, version)) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "The savepoint was written with %s, but the job has %s: keep these settings as they were, or begin a new run"
                            .formatted(written, fixed()));
        }
        trainer.snapshotProgress().restore(keyGroup, in.readLong());
        int standings = version < THIRD ? 0 : in.readInt();
        for (int i = 0; i < standings; i++) {
            trainer.restore(ids.read(1, in), Standing.read(in));
        }
        int models = in.readInt();
        for (int i = 0; i < models; i++) {
            String name = in.readUTF();
            trainer.models().put(name, trainer.engine().readSource(stream));
        }
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            readSource(in);
        }
        int unbegun = version < FOURTH ? 0 : in.readInt();
        for (int i = 0; i < unbegun; i++) {
            trainer.rounds().restore(rounds.read(1, in), 0);
        }
        if (version >= THIRD) {
            checkSum(stream, in, keyGroup);
        }
    }

    private void readSource(DataInputView in) throws IOException {
        SourceId id = ids.read(1, in);
        Optional<SourceRound> round = in.readBoolean() ? Optional.of(rounds.read(1, in)) : Optional.empty();
        byte[] vocabulary = Wire.readBytes(in);
        Optional<HeldRows> rows =
                in.readBoolean() ? Optional.of(trainer.heldRows(Wire.readInts(in))) : Optional.empty();
        long reportedRound = in.readLong();
        UnigramCounts unigrams = new UnigramCounts(Wire.readLongs(in), in.readLong());
        SourceModel model = trainer.models().get(trainer.modelName(id));
        if (model == null) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "The state has no model of source " + id + ": it was written under another variant");
        }
        int length = trainer.sequenceLength(id);
        if (model.sequenceLength() != length) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "Source %s has rows of %d tokens in the savepoint and of %d in the settings: keep its sequenceLength as it was, or begin a new run with init.from"
                            .formatted(id.name(), model.sequenceLength(), length));
        }
        TrainedSource source = new TrainedSource(id, vocabulary, rows, model, unigrams, reportedRound);
        source.traffic().read(in);
        RoundTally tally = readTally(in);
        Optional<TrainedSource.Closed> closed = in.readBoolean()
                ? Optional.of(
                        new TrainedSource.Closed(in.readLong(), Participation.valueOf(in.readUTF()), readTally(in)))
                : Optional.empty();
        int[] growth = Wire.readInts(in);
        int epoch = in.readInt();
        int heldOut = in.readInt();
        for (int i = 0; i < heldOut; i++) {
            source.heldOut().add(blocks.read(1, in));
        }
        int queued = in.readInt();
        for (int i = 0; i < queued; i++) {
            source.queue().add(new Tokenized.Batch(id, blocks.read(1, in), Wire.readInts(in)));
        }
        Optional<SharedParameters> base = in.readBoolean() ? Optional.of(readBase(source, in)) : Optional.empty();
        source.restore(tally, closed, base, growth, epoch);
        trainer.restore(source, round);
    }

    private SharedParameters readBase(TrainedSource source, DataInputView in) throws IOException {
        SharedParameters base = trainer.store().newBase(in.readLong());
        String name = source.id().name();
        for (TensorId tensor : parameters()) {
            long size = size(tensor, source);
            if (layout.byRows(tensor)) {
                base.allocateRows(name, tensor, size);
            }
            for (long from = 0; from < size; from += PIECE) {
                float[] values = Wire.readFloats(in);
                if (layout.byRows(tensor)) {
                    base.putRows(name, tensor, from, values);
                } else {
                    base.put(tensor, from, values);
                }
            }
        }
        return base;
    }

    private static RoundTally readTally(DataInputView in) throws IOException {
        return new RoundTally(
                in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readDouble(), in.readLong());
    }
}
