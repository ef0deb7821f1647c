package io.tributary.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Keeps beside state which format wrote it, and in which version, so that a newer Tributary reads older state. */
public final class WireSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {
    private @Nullable WireFormat<T> format;
    private int stateVersion;

    /** For Flink, which then calls {@link #readSnapshot}. */
    public WireSerializerSnapshot() {}

    WireSerializerSnapshot(WireFormat<T> format, int stateVersion) {
        this.format = format;
        this.stateVersion = stateVersion;
    }

    @Override
    public int getCurrentVersion() {
        return 1;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
        out.writeUTF(format().getClass().getName());
        out.writeInt(stateVersion);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void readSnapshot(int readVersion, DataInputView in, ClassLoader userCodeClassLoader) throws IOException {
        String name = in.readUTF();
        try {
            format = (WireFormat<T>) Class.forName(name, true, userCodeClassLoader)
                    .asSubclass(WireFormat.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IOException("State was written by the format " + name + ", which this job does not have", e);
        }
        stateVersion = in.readInt();
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
        return new WireSerializer<>(format(), stateVersion);
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(TypeSerializerSnapshot<T> old) {
        if (!(old instanceof WireSerializerSnapshot<T> that)
                || that.format().getClass() != format().getClass()
                || that.stateVersion > stateVersion) {
            return TypeSerializerSchemaCompatibility.incompatible();
        }
        return that.stateVersion == stateVersion
                ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
    }

    private WireFormat<T> format() {
        if (format == null) {
            throw new IllegalStateException("The snapshot was not read yet");
        }
        return format;
    }
}
