package io.tributary.record;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** Flink's type information of a record with a {@link WireFormat}; also serves as a key type. */
public final class WireType<T> extends TypeInformation<T> {
    private static final long serialVersionUID = 1;

    private final WireFormat<T> format;

    public WireType(WireFormat<T> format) {
        this.format = format;
    }

    public TypeSerializer<T> serializer() {
        return new WireSerializer<>(format, format.version());
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return serializer();
    }

    @Override
    public Class<T> getTypeClass() {
        return format.type();
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean isKeyType() {
        return true;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof WireType;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WireType<?> that && format.getClass() == that.format.getClass();
    }

    @Override
    public int hashCode() {
        return format.getClass().getName().hashCode();
    }

    @Override
    public String toString() {
        return format.type().getSimpleName();
    }
}
