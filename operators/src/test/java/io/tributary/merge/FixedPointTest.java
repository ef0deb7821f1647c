package io.tributary.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.merge.FixedPoint.Outcome;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the definition in exact arithmetic, on values of every size and beside sums of every size. */
class FixedPointTest {
    private static final long ONE_WEIGHT = 1L << 30;
    private static final BigInteger SMALLEST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    @Test
    void randomValuesAreAddedToTheBit() {
        Random random = new Random(1);
        for (int length : new int[] {0, 1, 255, 256, 257, 1000}) {
            for (int i = 0; i < 20; i++) {
                long weight = FixedPoint.weight(Math.scalb(1 + random.nextDouble(), random.nextInt(20) - 15));
                float[] values = new float[length];
                for (int k = 0; k < length; k++) {
                    values[k] = (float) Math.scalb(random.nextGaussian(), random.nextInt(40) - 45);
                }
                check(random.longs(length, -1L << 60, 1L << 60).toArray(), values, weight);
            }
        }
    }

    @Test
    void valuesAtTheBordersOfTheQuickPathAreAddedToTheBit() {
        for (long weight : new long[] {1, 3, ONE_WEIGHT / 3, ONE_WEIGHT, ONE_WEIGHT << 20}) {
            double scale = weight * 0x1p10;
            // Around halves, around 2^51 and 2^52, where the rounding by addition ends, and around 2^63.
            for (double border :
                    new double[] {0, 0.5, 1.5, 2.5, 0x1p51, 0x1p51 - 0.5, 0x1p52, 0x1.8p52, 0x1p62, 0x1p63}) {
                float near = (float) (border / scale);
                for (float value : new float[] {near, Math.nextUp(near), Math.nextDown(near)}) {
                    check(new long[] {12345}, new float[] {value}, weight);
                    check(new long[] {12345}, new float[] {-value}, weight);
                }
            }
        }
    }

    @Test
    void sumsAtTheBordersOfTheirRangeAreAddedToTheBitOrRefused() {
        long[] borders = {0, 1L << 62, -1L << 62, Long.MAX_VALUE, Long.MIN_VALUE};
        for (long border : borders) {
            for (long off = -2; off <= 2; off++) {
                for (float value : new float[] {0, 0x1p-40f, -0x1p-40f, 0x1p-39f, -0x1p-39f, 2000, -2000, 5000}) {
                    check(new long[] {border + off}, new float[] {value}, ONE_WEIGHT);
                }
            }
        }
    }

    @Test
    void valuesThatAreNotFiniteAreRefusedWhereverTheyAre() {
        for (float bad : new float[] {Float.NaN, Float.intBitsToFloat(0xffc12345), Float.POSITIVE_INFINITY, -1 / 0f}) {
            for (int at : new int[] {0, 255, 256, 599}) {
                float[] values = new float[600];
                values[at] = bad;
                long[] sums = new long[600];

                assertThat(FixedPoint.add(sums, 0, values, 0, 600, ONE_WEIGHT, false))
                        .isEqualTo(Outcome.REFUSED);
                assertThat(FixedPoint.culprit(sums, 0, values, 0, 600, ONE_WEIGHT))
                        .isEqualTo(at);
            }
        }
    }

    @Test
    void onlyTheNamedPartIsAdded() {
        long[] sums = new long[10];
        float[] values = {1, 2, 3, 4, 5, 6, 7};

        assertThat(FixedPoint.add(sums, 4, values, 2, 3, ONE_WEIGHT, false)).isEqualTo(Outcome.QUICK);
        assertThat(sums).containsExactly(0, 0, 0, 0, 3L << 40, 4L << 40, 5L << 40, 0, 0, 0);
    }

    @Test
    void theMeanOfEverySumIsItsQuotientRoundedToFloat() {
        long weight = ONE_WEIGHT / 3 * 7;
        long[] sums = new Random(2).longs(700).toArray();
        float[] mean = new float[700];

        FixedPoint.mean(sums, 5, weight, mean, 690);

        for (int i = 0; i < 700; i++) {
            float expected = i < 5 || i >= 695 ? 0 : (float) (sums[i] / (weight * 0x1p10));
            assertThat(mean[i]).as("value %d", i).isEqualTo(expected);
        }
    }

    private static void check(long[] sums, float[] values, long weight) {
        long[] expected = sums.clone();
        int firstBad = -1;
        for (int i = 0; i < sums.length; i++) {
            // A double product, as documented; the rest exactly.
            double value = values[i] * (weight * 0x1p10);
            BigInteger sum = BigInteger.valueOf(sums[i])
                    .add(new BigDecimal(value)
                            .setScale(0, RoundingMode.HALF_EVEN)
                            .toBigInteger());
            boolean fits = Math.abs(value) < 0x1p63 && sum.compareTo(SMALLEST) >= 0 && sum.compareTo(LARGEST) <= 0;
            firstBad = firstBad < 0 && !fits ? i : firstBad;
            expected[i] = sum.longValue();
        }
        long[] added = sums.clone();

        Outcome outcome = FixedPoint.add(added, 0, values, 0, values.length, weight, false);
        assertThat(outcome == Outcome.REFUSED)
                .as("%s to %s with the weight %d", Arrays.toString(values), Arrays.toString(sums), weight)
                .isEqualTo(firstBad >= 0);
        if (Arrays.stream(sums).allMatch(sum -> sum >= -1L << 62 && sum < 1L << 62)) {
            long[] knownToFit = sums.clone();
            assertThat(FixedPoint.add(knownToFit, 0, values, 0, values.length, weight, true))
                    .isEqualTo(outcome);
            assertThat(knownToFit).isEqualTo(added);
        }
        if (firstBad < 0) {
            assertThat(added).isEqualTo(expected);
        } else {
            assertThat(FixedPoint.culprit(added, 0, values, 0, values.length, weight))
                    .isEqualTo(firstBad);
        }
    }
}
