package io.tributary.merge;

import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import java.util.Random;

/** Measures how many bytes of updates one core adds in a second. Run its main method. */
final class ShardSumBenchmark {
    private static final int SOURCES = 16;

    private ShardSumBenchmark() {}

    public static void main(String[] args) {
        for (int values : new int[] {16 << 10, 256 << 10, 1 << 20}) {
            float[] delta = new float[values];
            Random random = new Random(1);
            for (int i = 0; i < values; i++) {
                delta[i] = (float) random.nextGaussian() * 1e-3f;
            }
            double best = 0;
            for (int run = 0; run < 20; run++) {
                best = Math.max(best, gigabytesPerSecond(delta, 1 + (32 << 20) / values / SOURCES));
            }
            System.out.printf("%,9d values a shard: %.2f GB/s of updates%n", values, best);
        }
    }

    private static double gigabytesPerSecond(float[] delta, int rounds) {
        long start = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            ShardSum sum = new ShardSum();
            for (int source = 0; source < SOURCES; source++) {
                SourceId id = new SourceId("s" + source, source);
                sum.add(ShardUpdate.whole(
                        new ShardId(TensorId.parameters(ParameterGroup.BODY), 0), id, round, round, 1.0 / 3, delta));
            }
            if (sum.toMean().contributions() != SOURCES) {
                throw new AssertionError("Updates were lost");
            }
        }
        double bytes = (double) rounds * SOURCES * delta.length * Float.BYTES;
        return bytes / (System.nanoTime() - start);
    }
}
