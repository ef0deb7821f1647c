package io.tributary.bench;

import io.tributary.flow.MergeUpdates;
import io.tributary.merge.ShardSum;
import io.tributary.record.MergedShard;
import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.ShardUpdateFormat;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import io.tributary.record.WireType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Merging on one thread, as the operator does it: updates come as bytes in Flink's wire format, are read, summed in fixed
 * point, and the mean is read out; once more from network buffers, with Flink's gathering of a record. In turns with copying memory on one thread and with sending a shard over loopback.
 *
 * @param shardValues of a shard, 4 bytes each
 * @param sources that send an update of it
 * @param seconds of a turn of each
 * @param memoryMib of the vector that is copied; more than the caches hold
 */
public record MergeBench(int shardValues, int sources, int repeats, double seconds, int memoryMib) {
    /** Bytes of updates that a core should merge in a second. */
    private static final double TARGET = 2e9;

    private static final double GIGA = 1e9;
    private static final TypeSerializer<ShardUpdate> SERIALIZER = new WireType<>(new ShardUpdateFormat()).serializer();
    private static final ShardId SHARD = new ShardId(TensorId.parameters(ParameterGroup.BODY), 0);

    public MergeBench {
        if (shardValues < 1 || sources < 1 || repeats < 1 || !(seconds > 0) || memoryMib < 1) {
            throw new IllegalArgumentException(
                    "Values, sources, repeats, seconds and MiB are positive, not %d, %d, %d, %s and %d"
                            .formatted(shardValues, sources, repeats, seconds, memoryMib));
        }
    }

    /** Measures. */
    public BenchRun run() throws IOException {
        List<byte[]> updates = serialized(updates());
        NetworkUpdates buffers = inBuffers(updates());
        long bytes = updates.stream().mapToLong(update -> update.length).sum();
        List<Double> fromBuffers = new ArrayList<>();
        List<Double> merging = new ArrayList<>();
        List<Double> copying = new ArrayList<>();
        List<Double> oneWay = new ArrayList<>();
        List<Double> roundTrip = new ArrayList<>();
        float[] from = new float[Math.multiplyExact(memoryMib, 1 << 18)];
        float[] to = new float[from.length];
        try (Loopback loopback = new Loopback(updates.get(0).length)) {
            for (int repeat = -1; repeat < repeats; repeat++) {
                double merged = merging(bytes, () -> merge(updates));
                double fromBuffer = merging(buffers.bytes(), () -> merge(buffers));
                double copied = 2.0 * Float.BYTES * from.length / secondsOf(() -> copy(from, to));
                double sent = updates.get(0).length / secondsOf(() -> loopback.oneWay(8) / 8);
                double returned = secondsOf(() -> loopback.roundTrips(1));
                // The turn before the first is for warming up.
                if (repeat >= 0) {
                    merging.add(merged);
                    fromBuffers.add(fromBuffer);
                    copying.add(copied);
                    oneWay.add(sent);
                    roundTrip.add(returned);
                }
            }
        }
        return report(
                new Samples(merging),
                new Samples(fromBuffers),
                new Samples(copying),
                new Samples(oneWay),
                new Samples(roundTrip));
    }

    /** An update of each source. */
    List<ShardUpdate> updates() {
        Random random = new Random(1);
        List<ShardUpdate> updates = new ArrayList<>();
        for (int source = 0; source < sources; source++) {
            float[] delta = new float[shardValues];
            for (int i = 0; i < delta.length; i++) {
                delta[i] = (float) random.nextGaussian() * 1e-3f;
            }
            updates.add(ShardUpdate.whole(SHARD, new SourceId("s" + source, source), 0, 0, 1.0 / 3, delta));
        }
        return updates;
    }

    /** What a record's bytes are, one array for each, as Flink has gathered them from the network. */
    static List<byte[]> serialized(List<ShardUpdate> updates) throws IOException {
        List<byte[]> serialized = new ArrayList<>();
        for (ShardUpdate update : updates) {
            DataOutputSerializer out = new DataOutputSerializer(update.values().length * Float.BYTES + 256);
            SERIALIZER.serialize(update, out);
            serialized.add(out.getCopyOfBuffer());
        }
        return serialized;
    }

    static NetworkUpdates inBuffers(List<ShardUpdate> updates) throws IOException {
        return new NetworkUpdates(updates, SERIALIZER);
    }

    /** The mean of updates that are read from bytes. */
    static MergedShard merge(List<byte[]> updates) throws IOException {
        MergeUpdates merge = new MergeUpdates();
        ShardSum sum = merge.createAccumulator();
        for (byte[] update : updates) {
            sum = merge.add(SERIALIZER.deserialize(new DataInputDeserializer(update)), sum);
        }
        return merge.getResult(sum);
    }

    /** The mean of updates that are read from network buffers. */
    static MergedShard merge(NetworkUpdates updates) throws IOException {
        MergeUpdates merge = new MergeUpdates();
        ShardSum sum = merge.createAccumulator();
        updates.forEach(update -> merge.add(update, sum));
        return merge.getResult(sum);
    }

    private interface Merge {
        MergedShard once() throws IOException;
    }

    private double merging(long bytes, Merge merge) throws IOException {
        return bytes
                / secondsOf(() -> {
                    long before = System.nanoTime();
                    if (merge.once().contributions() != sources) {
                        throw new IllegalStateException("Updates were lost");
                    }
                    return (System.nanoTime() - before) / 1e9;
                });
    }

    private static double copy(float[] from, float[] to) {
        long before = System.nanoTime();
        System.arraycopy(from, 0, to, 0, from.length);
        return (System.nanoTime() - before) / 1e9;
    }

    private interface Work {
        /** Does the work once; gives the seconds it took. */
        double once() throws IOException;
    }

    /** Mean seconds of one piece of work over a turn. */
    private double secondsOf(Work work) throws IOException {
        double total = 0;
        int times = 0;
        while (times == 0 || total < seconds) {
            total += work.once();
            times++;
        }
        return total / times;
    }

    private BenchRun report(Samples merging, Samples fromBuffers, Samples copying, Samples oneWay, Samples roundTrip) {
        List<Figure> figures = List.of(
                new Figure("merge.gigabytesPerSecond", "updates merged, GB/s", merging.map(each -> each / GIGA)),
                new Figure("merge.shareOfTarget", "over the target of 2 GB/s", merging.map(each -> each / TARGET)),
                new Figure(
                        "merge.fromBuffers.gigabytesPerSecond",
                        "from network buffers, GB/s",
                        fromBuffers.map(each -> each / GIGA)),
                new Figure(
                        "merge.fromBuffers.shareOfTarget",
                        "from network buffers, over the target",
                        fromBuffers.map(each -> each / TARGET)),
                new Figure("merge.shareOfCopy", "over the bytes that copying moves", merging.over(copying)),
                new Figure("merge.shareOfLoopback", "over the bytes that loopback carries", merging.over(oneWay)),
                new Figure("limit.copy", "copying memory, GB/s", copying.map(each -> each / GIGA)),
                new Figure("limit.loopback", "a shard over loopback, one way, GB/s", oneWay.map(each -> each / GIGA)),
                new Figure("limit.roundTrip", "a shard there and back, ms", roundTrip.map(each -> each * 1e3)));
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("shardValues", shardValues);
        settings.put("sources", sources);
        settings.put("repeats", repeats);
        settings.put("seconds", seconds);
        settings.put("threads", 1);
        return new BenchRun(
                "Shards of %,d values from %d sources, one thread".formatted(shardValues, sources),
                settings,
                figures,
                List.of(
                        "Updates are merged from a record's bytes; from network buffers, Flink gathers these first.",
                        "Copying counts a byte twice, as it is read and written; loopback keeps two threads busy."));
    }
}
