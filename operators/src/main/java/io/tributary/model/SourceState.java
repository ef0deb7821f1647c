package io.tributary.model;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * How a source is written into a checkpoint: a big-endian header (magic, version, the five numbers of the model's shape
 * and the vocabulary, whether a round is open, the name), then the tensors of {@link SourceModel#vectors} as
 * little-endian 32-bit floats without anything between them, since the header decides their sizes.
 */
final class SourceState {
    private static final int MAGIC = 0x54524253; // "TRBS"
    private static final int VERSION = 1;

    private SourceState() {}

    static void write(SourceModel source, ModelShape shape, OutputStream out) throws IOException {
        DataOutputStream header = new DataOutputStream(out);
        header.writeInt(MAGIC);
        header.writeInt(VERSION);
        header.writeInt(shape.layers());
        header.writeInt(shape.width());
        header.writeInt(shape.heads());
        header.writeInt(shape.sequenceLength());
        header.writeInt(source.pieces());
        header.writeBoolean(source.inRound());
        header.writeUTF(source.name());
        header.flush();
        for (NativeVector vector : source.vectors()) {
            vector.write(out);
        }
    }

    static SourceModel read(StepEngine engine, InputStream in) throws IOException {
        DataInputStream header = new DataInputStream(in);
        int magic = header.readInt();
        int version = header.readInt();
        if (magic != MAGIC || version != VERSION) {
            throw new IOException("This is not the state of a source in version %d: it begins with %08x, version %d"
                    .formatted(VERSION, magic, version));
        }
        int layers = header.readInt();
        int width = header.readInt();
        ModelShape shape = new ModelShape(layers, width, header.readInt(), header.readInt());
        int pieces = header.readInt();
        boolean inRound = header.readBoolean();
        String name = header.readUTF();
        if (!shape.equals(engine.shape())) {
            throw new IOException(
                    "The state of source %s is of %s, but this job trains %s; a job keeps the shape it began with"
                            .formatted(name, shape, engine.shape()));
        }
        SourceModel source = new SourceModel(engine, name, pieces);
        try {
            if (inRound) {
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
}
