package io.tributary.record;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Parts of snapshots on the wire, and in the state of the operator that waits for all of them. */
public final class SnapshotPartFormat implements WireFormat<SnapshotPart> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<SnapshotPart> type() {
        return SnapshotPart.class;
    }

    @Override
    public void write(SnapshotPart part, DataOutputView out) throws IOException {
        out.writeLong(part.round());
        out.writeInt(part.firstKeyGroup());
        out.writeInt(part.lastKeyGroup());
        out.writeInt(part.files().size());
        for (SnapshotPart.File file : part.files()) {
            Wire.writeText(file.source(), out);
            Wire.writeText(file.path(), out);
            out.writeLong(file.length());
            Wire.writeText(file.sha256(), out);
        }
    }

    @Override
    public SnapshotPart read(int version, DataInputView in) throws IOException {
        long round = in.readLong();
        int firstKeyGroup = in.readInt();
        int lastKeyGroup = in.readInt();
        int count = in.readInt();
        List<SnapshotPart.File> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(new SnapshotPart.File(Wire.readText(in), Wire.readText(in), in.readLong(), Wire.readText(in)));
        }
        return new SnapshotPart(round, firstKeyGroup, lastKeyGroup, files);
    }
}
