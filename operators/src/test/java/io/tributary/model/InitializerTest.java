package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.model.BodyLayout.BodyTensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InitializerTest {
    private static final ModelShape SHAPE = new ModelShape(3, 96, 3, 16);

    @Test
    void everySliceHasTheBitsOfTheWhole() {
        float[] whole = body(1);
        for (int length : new int[] {101, 1000, 4096, 33_333}) {
            float[] assembled = new float[whole.length];
            for (int from = 0; from < whole.length; from += length) {
                float[] slice = new float[Math.min(length, whole.length - from)];
                Initializer.body(SHAPE, 1, from, slice);
                System.arraycopy(slice, 0, assembled, from, slice.length);
            }
            assertThat(assembled).isEqualTo(whole);
        }
    }

    @Test
    void everyTensorIsDrawnFromItsDistribution() {
        float[] body = body(5);
        for (BodyTensor tensor : BodyLayout.of(SHAPE).tensors()) {
            float[] values = Arrays.copyOfRange(body, (int) tensor.offset(), (int) (tensor.offset() + tensor.size()));
            double deviation = tensor.initial().deviation();
            if (deviation == 0) {
                assertThat(values).containsOnly((float) tensor.initial().mean());
            } else {
                // Five standard errors of mean, variance and kurtosis of a normal sample.
                double root = 5 / Math.sqrt(values.length);
                assertThat(moment(values, deviation, 1)).isCloseTo(0, within(root));
                assertThat(moment(values, deviation, 2)).isCloseTo(1, within(root * Math.sqrt(2)));
                assertThat(moment(values, deviation, 4)).isCloseTo(3, within(root * Math.sqrt(96)));
            }
        }
    }

    @Test
    void neighboursAndStreamsAreUncorrelated() {
        float[] en = new float[200_000];
        float[] de = new float[200_000];
        float[] positions = new float[200_000];
        float[] otherSeed = new float[200_000];
        Initializer.tokens("en", 1, 0, en);
        Initializer.tokens("de", 1, 0, de);
        Initializer.positions("en", 1, 0, positions);
        Initializer.tokens("en", 2, 0, otherSeed);
        float[] shifted = Arrays.copyOfRange(en, 1, en.length);
        double bound = 5 / Math.sqrt(en.length - 1.0);
        float[] otherEpoch = new float[200_000];
        Initializer.tokens("en", 1, 1, 0, otherEpoch);
        for (float[] other : new float[][] {de, positions, otherSeed, otherEpoch, shifted}) {
            assertThat(correlation(en, other)).isCloseTo(0, within(bound));
        }
    }

    /** Written down once: should they change, no run that began before could be resumed or repeated. */
    @Test
    void theBitsNeverChange() {
        float[] values = new float[4];
        Initializer.tokens("en", 42, 1_000_000_007L, values);
        assertThat(values).containsExactly(0.016479738f, 0.016286887f, -0.011093664f, 0.018506905f);
        float[] firstEpoch = new float[4];
        Initializer.tokens("en", 42, 0, 1_000_000_007L, firstEpoch);
        assertThat(firstEpoch).isEqualTo(values);
    }

    @Test
    void aSliceBeyondTheBodyIsRefused() {
        long parameters = SHAPE.bodyParameters();
        assertThatThrownBy(() -> Initializer.body(SHAPE, 1, parameters - 3, new float[4]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Long.toString(parameters));
    }

    private static float[] body(long seed) {
        float[] body = new float[(int) SHAPE.bodyParameters()];
        Initializer.body(SHAPE, seed, 0, body);
        return body;
    }

    private static double moment(float[] values, double deviation, int power) {
        double sum = 0;
        for (float value : values) {
            sum += Math.pow(value / deviation, power);
        }
        return sum / values.length;
    }

    private static double correlation(float[] a, float[] b) {
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < b.length; i++) {
            product += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresA * squaresB);
    }
}
