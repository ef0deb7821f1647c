package io.tributary.bench;

import io.tributary.record.ShardUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.runtime.io.network.api.serialization.RecordDeserializer;
import org.apache.flink.runtime.io.network.api.serialization.RecordDeserializer.DeserializationResult;
import org.apache.flink.runtime.io.network.api.serialization.SpillingAdaptiveSpanningRecordDeserializer;
import org.apache.flink.runtime.io.network.buffer.Buffer;
import org.apache.flink.runtime.io.network.buffer.NetworkBuffer;
import org.apache.flink.runtime.plugable.DeserializationDelegate;
import org.apache.flink.runtime.plugable.NonReusingDeserializationDelegate;
import org.apache.flink.streaming.runtime.streamrecord.StreamElement;
import org.apache.flink.streaming.runtime.streamrecord.StreamElementSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Updates in network buffers as a task receives them, read by Flink's own reader: it gathers a record that spans buffers
 * in an array of its own, one for each record, and the serializer reads from that.
 */
final class NetworkUpdates {
    /** Flink's default, {@code taskmanager.memory.segment-size}. */
    private static final int BUFFER_BYTES = 32 << 10;

    private final TypeSerializer<StreamElement> serializer;
    private final List<MemorySegment> segments = new ArrayList<>();
    private final int lastBytes;

    NetworkUpdates(List<ShardUpdate> updates, TypeSerializer<ShardUpdate> values) throws IOException {
        serializer = new StreamElementSerializer<>(values);
        DataOutputSerializer out = new DataOutputSerializer(BUFFER_BYTES);
        for (ShardUpdate update : updates) {
            int start = out.length();
            out.writeInt(0);
            serializer.serialize(new StreamRecord<>(update, update.round()), out);
            out.writeIntUnsafe(out.length() - start - Integer.BYTES, start);
        }
        for (int from = 0; from < out.length(); from += BUFFER_BYTES) {
            byte[] bytes = Arrays.copyOfRange(out.getSharedBuffer(), from, from + BUFFER_BYTES);
            segments.add(MemorySegmentFactory.allocateUnpooledOffHeapMemory(BUFFER_BYTES));
            segments.get(segments.size() - 1).put(0, bytes);
        }
        lastBytes = out.length() - (segments.size() - 1) * BUFFER_BYTES;
    }

    /** Bytes in all buffers, framing included. */
    long bytes() {
        return (segments.size() - 1L) * BUFFER_BYTES + lastBytes;
    }

    /** Reads all of them; the buffers stay. */
    void forEach(Consumer<ShardUpdate> each) throws IOException {
        RecordDeserializer<DeserializationDelegate<StreamElement>> reader =
                new SpillingAdaptiveSpanningRecordDeserializer<>(new String[] {System.getProperty("java.io.tmpdir")});
        DeserializationDelegate<StreamElement> element = new NonReusingDeserializationDelegate<>(serializer);
        for (int i = 0; i < segments.size(); i++) {
            reader.setNextBuffer(new NetworkBuffer(
                    segments.get(i),
                    segment -> {},
                    Buffer.DataType.DATA_BUFFER,
                    i == segments.size() - 1 ? lastBytes : BUFFER_BYTES));
            DeserializationResult result;
            do {
                result = reader.getNextRecord(element);
                if (result.isFullRecord()) {
                    each.accept(element.getInstance().<ShardUpdate>asRecord().getValue());
                }
            } while (!result.isBufferConsumed());
        }
    }
}
