package io.tributary.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** A {@link WireFormat} as Flink's serializer. */
final class WireSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1;

    private final WireFormat<T> format;
    private final int readVersion;

    WireSerializer(WireFormat<T> format, int readVersion) {
        if (readVersion < 1 || readVersion > format.version()) {
            throw new IllegalArgumentException(
                    "%s reads versions 1 to %d, but the state has version %d: it was written by a newer Tributary; resume with that release or a newer one"
                            .formatted(format.getClass().getSimpleName(), format.version(), readVersion));
        }
        this.format = format;
        this.readVersion = readVersion;
    }

    WireFormat<T> format() {
        return format;
    }

    @Override
    public boolean isImmutableType() {
        return format.immutable();
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return this;
    }

    /** Flink asks for an instance only for its own reused objects, which immutable records never are. */
    @Override
    @SuppressWarnings("NullAway")
    public @Nullable T createInstance() {
        return null;
    }

    @Override
    public T copy(T from) {
        return format.copy(from);
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(T record, DataOutputView target) throws IOException {
        format.write(record, target);
    }

    /**
     * Reads one record.
     *
     * @throws IOException if the bytes are none, in whatever way; with the record's type and what to do
     */
    @Override
    public T deserialize(DataInputView source) throws IOException {
        try {
            return format.read(readVersion, source);
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "No %s can be read here in its version %d: if this job was starting from a checkpoint or savepoint, that is damaged, so start from another one (%s)"
                            .formatted(format.type().getSimpleName(), readVersion, e),
                    e);
        }
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    /** Through the record, since formats do not say where a record ends. */
    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WireSerializer<?> that
                && format.getClass() == that.format.getClass()
                && readVersion == that.readVersion;
    }

    @Override
    public int hashCode() {
        return 31 * format.getClass().getName().hashCode() + readVersion;
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new WireSerializerSnapshot<>(format, format.version());
    }
}
