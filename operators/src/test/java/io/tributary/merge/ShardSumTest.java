package io.tributary.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.record.MergedShard;
import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ShardSumTest {
    private static final ShardId SHARD = new ShardId(TensorId.parameters(ParameterGroup.BODY), 3);
    private static final long ROUND = 5;

    @Test
    void theMeanIsThatOfANaiveSumInExactArithmetic() {
        List<ShardUpdate> updates = randomUpdates(new Random(1), 7, 200);

        float[] mean = sumOf(updates).toMean().mean();

        BigDecimal weight =
                updates.stream().map(u -> new BigDecimal(u.weight())).reduce(BigDecimal.ZERO, BigDecimal::add);
        for (int i = 0; i < mean.length; i++) {
            int index = i;
            BigDecimal sum = updates.stream()
                    .map(u -> new BigDecimal(u.weight()).multiply(new BigDecimal(u.values()[index])))
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            double exact = sum.divide(weight, MathContext.DECIMAL64).doubleValue();
            assertThat((double) mean[i]).isCloseTo(exact, within(1e-11 + 1e-7 * Math.abs(exact)));
        }
    }

    @Test
    void theOrderOfArrivalDoesNotChangeABit() {
        Random random = new Random(2);
        List<ShardUpdate> updates = randomUpdates(random, 9, 100);
        float[] expected = sumOf(updates).toMean().mean();

        for (int i = 0; i < 50; i++) {
            Collections.shuffle(updates, random);
            assertThat(sumOf(updates).toMean().mean()).containsExactly(expected);
        }
    }

    @Test
    void partialSumsMergeToTheSameBits() {
        List<ShardUpdate> updates = randomUpdates(new Random(3), 8, 50);
        ShardSum merged = new ShardSum();
        merged.merge(sumOf(updates.subList(5, 8)));
        merged.merge(new ShardSum());
        merged.merge(sumOf(updates.subList(0, 5)));

        MergedShard mean = merged.toMean();
        assertThat(mean.mean()).containsExactly(sumOf(updates).toMean().mean());
        assertThat(mean.contributions()).isEqualTo(8);
    }

    @Test
    void aSumThatWasWrittenAndReadGoesOnAsIfNothingHadHappened() {
        List<ShardUpdate> updates = randomUpdates(new Random(4), 6, 50);
        ShardSum written = sumOf(updates.subList(0, 4));
        ShardSum read = new ShardSum(
                written.shard(), written.round(), written.sources(), written.rows(), written.weights(), written.sums());
        updates.subList(4, 6).forEach(read::add);

        assertThat(read.toMean().mean()).containsExactly(sumOf(updates).toMean().mean());
        assertThat(read.sources()).hasSize(6);
    }

    @Test
    void aSingleSourceIsItsOwnMean() {
        MergedShard mean =
                sumOf(List.of(update("a", 1.0 / 3, 0.25f, -7.5e-4f, 0f))).toMean();

        assertThat(mean.mean()[0]).isEqualTo(0.25f);
        assertThat(mean.mean()[1]).isCloseTo(-7.5e-4f, within(1e-11f));
        assertThat(mean).extracting(MergedShard::shard, MergedShard::round).containsExactly(SHARD, ROUND);
    }

    @Test
    void weightsCountInProportion() {
        float[] mean = sumOf(List.of(update("a", 1, 1f), update("b", 0.25, -1f)))
                .toMean()
                .mean();

        assertThat(mean).containsExactly(0.6f);
    }

    @Test
    void aSourceCannotCountTwiceInARound() {
        ShardSum sum = sumOf(List.of(update("a", 1, 1f)));

        assertThatThrownBy(() -> sum.add(update("a", 1, 1f)))
                .hasMessageContainingAll("BODY/3", " a,", "round 5", "once");
    }

    @Test
    void aSourceCannotCountTwiceThroughMergedSums() {
        ShardSum sum = sumOf(List.of(update("a", 1, 1f)));

        assertThatThrownBy(() -> sum.merge(sumOf(List.of(update("a", 1, 1f))))).hasMessageContaining("second update");
    }

    @Test
    void aValueThatIsNotFiniteIsNamed() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> new ShardSum().add(update("a", 1, 0f, 0f, bad, 0f)))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContainingAll("BODY/3 of a, round 5", "value 2", String.valueOf(bad));
        }
    }

    @Test
    void aSumBeyondItsRangeIsNamedInsteadOfWrapping() {
        ShardSum sum = sumOf(List.of(update("a", 1, 0f, 0x1p22f), update("b", 1, 0f, 0x1.8p21f)));

        assertThatThrownBy(() -> sum.add(update("c", 1, 0f, 0x1p22f))).hasMessageContainingAll(" of c,", "value 1");
        assertThatThrownBy(() -> sumOf(List.of(update("d", 4, -0x1p22f)))).hasMessageContainingAll(" of d,", "value 0");
    }

    /** Small ones are added without a look at the sum as long as it cannot be large; here it is, however it became so. */
    @Test
    void aSmallUpdateBesideALargeSumIsRefusedToo() {
        ShardSum sum = sumOf(List.of(update("a", 1, 0x1.ffep22f)));
        ShardSum merged = new ShardSum();
        merged.merge(sum);
        ShardSum read = new ShardSum(
                sum.shard(),
                sum.round(),
                sum.sources(),
                sum.rows(),
                sum.weights().clone(),
                sum.sums().clone());

        for (ShardSum large : List.of(sum.copy(), merged, read, sum)) {
            large.add(update("b", 1, 1000f));
            assertThatThrownBy(() -> large.add(update("c", 1, 1048.5f))).hasMessageContainingAll(" of c,", "value 0");
        }
    }

    @Test
    void manySmallUpdatesTakeASumOutOfItsRange() {
        ShardSum sum = new ShardSum();
        for (int source = 0; source < 4096; source++) {
            sum.add(update("s" + source, 1, 2047.5f));
        }
        sum.add(update("last", 1, 2047.5f));
        assertThatThrownBy(() -> sum.add(update("one more", 1, 2047.5f))).hasMessageContaining("of one more,");
    }

    @Test
    void updatesOfAnotherShardRoundOrLengthAreRefused() {
        ShardSum sum = sumOf(List.of(update("a", 1, 1f)));

        assertThatThrownBy(() -> sum.add(update("b", 1, 1f, 2f)))
                .hasMessageContaining("rows of 2 values into the sum of");
        assertThatThrownBy(() -> sum.add(ShardUpdate.whole(SHARD, new SourceId("b", 1), 6, 6, 1, new float[1])))
                .hasMessageContaining("round 6");
        ShardId other = new ShardId(TensorId.parameters(ParameterGroup.BODY), 4);
        assertThatThrownBy(() -> sum.add(ShardUpdate.whole(other, new SourceId("b", 1), ROUND, ROUND, 1, new float[1])))
                .hasMessageContaining("BODY/4");
    }

    @Test
    void aWeightThatFixedPointCannotHoldIsRefused() {
        assertThatThrownBy(() -> new ShardSum().add(update("a", 1e-12, 1f))).hasMessageContaining("1.0E-12");
        assertThatThrownBy(() -> new ShardSum().add(update("a", 1e12, 1f))).hasMessageContaining("1.0E12");
    }

    @Test
    void anEmptySumHasNoMean() {
        assertThat(new ShardSum().isEmpty()).isTrue();
        assertThatThrownBy(() -> new ShardSum().toMean()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRowIsAveragedOverItsHoldersAlone() {
        MergedShard mean = sumOf(List.of(
                        rows("a", 1, new int[] {0, 4}, 1f, 2f, 10f, 20f),
                        rows("b", 3, new int[] {4, 7}, 30f, 40f, -1f, -2f),
                        rows("c", 1, new int[0])))
                .toMean();

        assertThat(mean.rows()).containsExactly(0, 4, 7);
        assertThat(mean.mean()).containsExactly(1, 2, 25, 35, -1, -2);
        assertThat(mean.contributions()).isEqualTo(3);
    }

    @Test
    void rowsThatComeInAnyOrderMakeTheSameBits() {
        Random random = new Random(5);
        List<ShardUpdate> updates = new ArrayList<>();
        for (int source = 0; source < 12; source++) {
            int[] rows = random.ints(0, 40)
                    .distinct()
                    .limit(random.nextInt(20))
                    .sorted()
                    .toArray();
            float[] values = new float[rows.length * 3];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            updates.add(rows("s" + source, (1 + random.nextInt(2000)) / 1024.0, rows, values));
        }
        MergedShard expected = sumOf(updates).toMean();

        for (int i = 0; i < 50; i++) {
            Collections.shuffle(updates, random);
            ShardSum merged = sumOf(updates.subList(0, 5));
            merged.merge(sumOf(updates.subList(5, 12)));
            assertThat(merged.toMean()).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    @Test
    void aRoundInWhichNothingCountedHasNoRows() {
        MergedShard mean = sumOf(List.of(rows("a", 1, new int[0]), rows("b", 1, new int[0])))
                .toMean();

        assertThat(mean.rows()).isEmpty();
        assertThat(mean.mean()).isEmpty();
        assertThat(mean.contributions()).isEqualTo(2);
    }

    private static ShardUpdate rows(String source, double weight, int[] rows, float... values) {
        return new ShardUpdate(SHARD, new SourceId(source, 1), ROUND, ROUND, weight, rows, values);
    }

    private static ShardSum sumOf(List<ShardUpdate> updates) {
        ShardSum sum = new ShardSum();
        updates.forEach(sum::add);
        return sum;
    }

    private static ShardUpdate update(String source, double weight, float... delta) {
        return ShardUpdate.whole(SHARD, new SourceId(source, 1), ROUND, ROUND, weight, delta);
    }

    /** Weights with a few binary places, so that the oracle may take them as they are. */
    private static List<ShardUpdate> randomUpdates(Random random, int sources, int values) {
        List<ShardUpdate> updates = new ArrayList<>();
        for (int source = 0; source < sources; source++) {
            float[] delta = new float[values];
            for (int i = 0; i < values; i++) {
                delta[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 5));
            }
            updates.add(update("s" + source, (1 + random.nextInt(2000)) / 1024.0, delta));
        }
        return updates;
    }
}
