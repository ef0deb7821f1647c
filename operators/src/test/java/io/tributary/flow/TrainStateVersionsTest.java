package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static io.tributary.flow.TrainFixture.T;
import static io.tributary.flow.TrainFixture.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.ShardUpdate;
import io.tributary.record.SourceId;
import io.tributary.record.Variant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * States of Train that each version since the first savepoint wrote, kept under {@code resources/state}: they go on as the
 * states of today do. {@code -Dtributary.state.write=true} writes those of a new version; none is ever written over.
 */
class TrainStateVersionsTest {
    private static final int FIRST_VERSION = 2;
    private static final int[] HELD = {30, 3, 0, 49, 24, 101};
    /** Kinds of CPU add in other orders; a state that is read wrongly is off by far more. */
    private static final float TOLERANCE = 1e-4f;

    @ParameterizedTest
    @EnumSource(Variant.class)
    void aStateOfEveryVersionGoesOnInTheMiddleOfItsRound(Variant variant) throws IOException {
        for (int version = FIRST_VERSION; version <= TrainState.VERSION; version++) {
            try (TrainFixture train = scene(variant);
                    TrainFixture restored = train.restored(kept(version, variant))) {
                train.out.forget();
                rest(train);
                rest(restored);

                assertThat(restored.out.updates).as("version %d", version).hasSameSizeAs(train.out.updates);
                for (int i = 0; i < train.out.updates.size(); i++) {
                    assertSame(restored.out.updates.get(i), train.out.updates.get(i));
                }
                assertThat(restored.out.report(second(variant), 0).steps()).isEqualTo(LOCAL_STEPS);
            }
        }
    }

    @Test
    void theVersionOfTodayIsKept() throws IOException {
        for (Variant variant : Variant.values()) {
            Path file = Path.of("src/test/resources/state", name(TrainState.VERSION, variant));
            if (Boolean.getBoolean("tributary.state.write") && Files.notExists(file)) {
                Files.createDirectories(file.getParent());
                try (TrainFixture train = scene(variant)) {
                    Files.write(file, train.state());
                }
            }
            assertThat(file).exists();
        }
    }

    private static void assertSame(ShardUpdate actual, ShardUpdate expected) {
        assertThat(List.of(actual.shard(), actual.source(), actual.round(), actual.baseRound(), actual.weight()))
                .isEqualTo(List.of(
                        expected.shard(),
                        expected.source(),
                        expected.round(),
                        expected.baseRound(),
                        expected.weight()));
        assertThat(actual.rows()).isEqualTo(expected.rows());
        assertThat(actual.values()).hasSameSizeAs(expected.values());
        assertThat(IntStream.range(0, actual.values().length)).allSatisfy(i -> assertThat(actual.values()[i])
                .isCloseTo(expected.values()[i], Assertions.within(TOLERANCE)));
    }

    /** One source with all its steps done, another with one of two. */
    private static TrainFixture scene(Variant variant) {
        TrainFixture train = new TrainFixture(variant);
        begin(train, A);
        begin(train, second(variant));
        train.rows(A, 0, train.held(A));
        train.rows(second(variant), 0, train.held(second(variant)));
        train.body(0, 0);
        train.oneStep(0);
        train.oneStep(0);
        train.oneStep(0);
        return train;
    }

    private static void rest(TrainFixture train) {
        train.round(0);
        train.round(1);
    }

    private static void begin(TrainFixture train, SourceId source) {
        boolean rows = train.settings.merging().variant().byRows();
        train.vocabulary(source, rows ? HELD : new int[0]);
        train.heldOut(source, new int[T + 1]);
        for (int seed = 0; seed < 2 * LOCAL_STEPS; seed++) {
            train.batch(source, seed, rows ? HELD.length : PIECES);
        }
    }

    private static String name(int version, Variant variant) {
        return "train-v%d-%s.bin".formatted(version, variant);
    }

    private static byte[] kept(int version, Variant variant) throws IOException {
        String name = "/state/" + name(version, variant);
        try (InputStream in = Objects.requireNonNull(TrainStateVersionsTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }
}
