package io.tributary.flow;

import io.tributary.merge.Sharding;
import io.tributary.model.Body;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.TokenBlocks;
import io.tributary.record.TokenBlocksFormat;
import io.tributary.record.Wire;
import io.tributary.round.SourceRound;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * The bytes of one key group of Train in a checkpoint. Tensors go from native memory into the stream in pieces, so a
 * checkpoint needs no heap of their size.
 */
final class TrainState {
    private static final int VERSION = 1;

    private final SubtaskTrainer trainer;
    private final StepEngine engine;
    private final Sharding sharding;
    private final SourceIdFormat ids = new SourceIdFormat();
    private final TokenBlocksFormat blocks = new TokenBlocksFormat();
    private final SourceRoundFormat rounds = new SourceRoundFormat();

    TrainState(SubtaskTrainer trainer) {
        this.trainer = trainer;
        this.engine = trainer.engine();
        this.sharding = trainer.sharding();
    }

    void write(int keyGroup, List<TrainedSource> sources, OutputStream stream) throws IOException {
        DataOutputView out = new DataOutputViewStreamWrapper(stream);
        out.writeInt(VERSION);
        out.writeLong(trainer.snapshotProgress().round(keyGroup));
        out.writeInt(sources.size());
        for (TrainedSource source : sources) {
            writeSource(source, out, stream);
        }
    }

    private void writeSource(TrainedSource source, DataOutputView out, OutputStream stream) throws IOException {
        ids.write(source.id(), out);
        SourceRound round = trainer.rounds().state(source.id());
        rounds.write(round, out);
        Wire.writeBytes(source.vocabulary(), out);
        out.writeLong(source.reportedRound());
        Wire.writeLongs(source.unigrams().countsV(), out);
        out.writeLong(source.unigrams().bytes());
        writeTally(source.tally(), out);
        out.writeBoolean(source.closed().isPresent());
        if (source.closed().isPresent()) {
            TrainedSource.Closed closed = source.closed().get();
            out.writeLong(closed.round());
            out.writeUTF(closed.participation().name());
            writeTally(closed.tally(), out);
        }
        writeBlocks(source.heldOut(), out);
        writeBlocks(source.queue(), out);
        writeBase(source, round, out);
        source.model().write(stream);
    }

    /**
     * Only late work needs its base kept. Any other work counts in the round of its base, which its subtask has not
     * closed, so that body comes back from the outer step; that of late work may be gone there.
     */
    private void writeBase(TrainedSource source, SourceRound round, DataOutputView out) throws IOException {
        Optional<Body> late = source.base().filter(base -> base.round() < round.round());
        out.writeBoolean(late.isPresent());
        if (late.isPresent()) {
            out.writeLong(late.get().round());
            for (int index = 0; index < sharding.count(); index++) {
                float[] values = new float[sharding.length(index)];
                late.get().copy(sharding.start(index), values);
                Wire.writeFloats(values, out);
            }
        }
    }

    private void writeBlocks(Collection<TokenBlocks> all, DataOutputView out) throws IOException {
        out.writeInt(all.size());
        for (TokenBlocks each : all) {
            blocks.write(each, out);
        }
    }

    private static void writeTally(RoundTally tally, DataOutputView out) throws IOException {
        out.writeLong(tally.steps());
        out.writeLong(tally.tokens());
        out.writeLong(tally.bytes());
        out.writeLong(tally.nanos());
        out.writeDouble(tally.lossSum());
        out.writeLong(tally.rejected());
    }

    void read(int keyGroup, InputStream stream) throws IOException {
        DataInputView in = new DataInputViewStreamWrapper(stream);
        int version = in.readInt();
        if (version != VERSION) {
            throw new IOException("The state of Train has version " + version + ", this Tributary reads " + VERSION
                    + ": resume with the release that wrote the savepoint, or a newer one");
        }
        trainer.snapshotProgress().restore(keyGroup, in.readLong());
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            readSource(in, stream);
        }
    }

    private void readSource(DataInputView in, InputStream stream) throws IOException {
        SourceId id = ids.read(1, in);
        SourceRound round = rounds.read(1, in);
        byte[] vocabulary = Wire.readBytes(in);
        long reportedRound = in.readLong();
        UnigramCounts unigrams = new UnigramCounts(Wire.readLongs(in), in.readLong());
        RoundTally tally = readTally(in);
        Optional<TrainedSource.Closed> closed = in.readBoolean()
                ? Optional.of(
                        new TrainedSource.Closed(in.readLong(), Participation.valueOf(in.readUTF()), readTally(in)))
                : Optional.empty();
        TokenBlocks[] heldOut = readBlocks(in);
        TokenBlocks[] queue = readBlocks(in);
        Optional<Body> base = in.readBoolean() ? Optional.of(readBase(in)) : Optional.empty();
        SourceModel model = engine.readSource(stream);
        TrainedSource source = new TrainedSource(id, vocabulary, model, unigrams, reportedRound);
        source.restore(tally, closed, base);
        source.heldOut().addAll(List.of(heldOut));
        source.queue().addAll(List.of(queue));
        trainer.restore(source, round);
    }

    private Body readBase(DataInputView in) throws IOException {
        Body base = trainer.bodies().hold(engine.newBody(in.readLong()));
        for (int index = 0; index < sharding.count(); index++) {
            base.put(sharding.start(index), Wire.readFloats(in));
        }
        return base;
    }

    private TokenBlocks[] readBlocks(DataInputView in) throws IOException {
        TokenBlocks[] all = new TokenBlocks[in.readInt()];
        for (int i = 0; i < all.length; i++) {
            all[i] = blocks.read(1, in);
        }
        return all;
    }

    private static RoundTally readTally(DataInputView in) throws IOException {
        return new RoundTally(
                in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readDouble(), in.readLong());
    }
}
