package io.tributary.model;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.record.ParameterGroup;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a source is written into a checkpoint: a big-endian header (magic, version, the model's shape, the shared groups,
 * then the source's name, sequence length, pieces and whether it is in a round), then the tensors of
 * {@link SourceModel#vectors} as little-endian 32-bit floats without anything between them, since the header decides
 * their sizes.
 */
final class SourceState {
    private static final int MAGIC = 0x54524253; // "TRBS"
    private static final int VERSION = 2;

    private SourceState() {}

    static void write(SourceModel source, StepEngine engine, OutputStream out) throws IOException {
        DataOutputStream header = new DataOutputStream(out);
        header.writeInt(MAGIC);
        header.writeInt(VERSION);
        writeShape(engine.shape(), header);
        header.writeInt(engine.shared().size());
        for (ParameterGroup group : engine.shared()) {
            header.writeByte(group.tag());
        }
        header.writeUTF(source.name());
        header.writeInt(source.sequenceLength());
        header.writeInt(source.pieces());
        header.writeBoolean(source.inRound());
        header.flush();
        for (NativeVector vector : source.vectors()) {
            vector.write(out);
        }
    }

    static SourceModel read(StepEngine engine, InputStream in) throws IOException {
        DataInputStream header = new DataInputStream(in);
        requireVersion(header);
        ModelShape shape = readShape(header);
        Set<ParameterGroup> shared = EnumSet.noneOf(ParameterGroup.class);
        for (int left = header.readInt(); left > 0; left--) {
            shared.add(ParameterGroup.ofTag(header.readByte()));
        }
        String name = header.readUTF();
        if (!shape.equals(engine.shape()) || !shared.equals(engine.shared())) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "The state of source %s is of %s sharing %s, but this job trains %s sharing %s; a job keeps the shape and the variant it began with"
                            .formatted(name, shape, shared, engine.shape(), engine.shared()));
        }
        int sequenceLength = header.readInt();
        SourceModel source = new SourceModel(engine, name, header.readInt(), sequenceLength);
        try {
            if (header.readBoolean()) {
                source.resume();
            }
            for (NativeVector vector : source.vectors()) {
                vector.read(in);
            }
            return source;
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static void requireVersion(DataInputStream header) throws IOException {
        int magic = header.readInt();
        if (magic != MAGIC) {
            throw new IOException("This is not the state of a source: it begins with %08x".formatted(magic));
        }
        int version = header.readInt();
        if (version != VERSION) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "The state of a source has version %d, this Tributary reads %d: resume with the release that wrote it"
                            .formatted(version, VERSION));
        }
    }

    private static void writeShape(ModelShape shape, DataOutputStream out) throws IOException {
        out.writeInt(shape.layers());
        out.writeInt(shape.width());
        out.writeInt(shape.heads());
        out.writeInt(shape.sequenceLength());
        out.writeUTF(shape.architecture().text());
    }

    private static ModelShape readShape(DataInputStream in) throws IOException {
        return new ModelShape(in.readInt(), in.readInt(), in.readInt(), in.readInt(), Architecture.parse(in.readUTF()));
    }
}
