package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes a record, reads it again, and checks that reading took every byte. */
final class WireRoundTrip {
    private WireRoundTrip() {}

    static <T> T through(WireFormat<T> format, T record) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes(format, record));
        T read = format.read(format.version(), in);
        assertThat(in.available()).isZero();
        return read;
    }

    static <T> byte[] bytes(WireFormat<T> format, T record) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        format.write(record, out);
        return out.getCopyOfBuffer();
    }
}
