package io.tributary.model;

import static io.tributary.model.SmallModel.PIECES;
import static io.tributary.model.SmallModel.ROWS;
import static io.tributary.model.SmallModel.SHAPE;
import static io.tributary.model.SmallModel.base;
import static io.tributary.model.SmallModel.delta;
import static io.tributary.model.SmallModel.source;
import static io.tributary.model.SmallModel.state;
import static io.tributary.model.SmallModel.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.ParameterGroup;
import io.tributary.record.TensorId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SourceStateTest {

    static Stream<Arguments> precisionsAndSharedGroups() {
        return Arrays.stream(Precision.values())
                .flatMap(precision -> sharedGroups().map(shared -> Arguments.of(precision, shared)));
    }

    static Stream<Set<ParameterGroup>> sharedGroups() {
        return Stream.of(SmallModel.SPEC, SmallModel.GLOB, SmallModel.NONE);
    }

    @ParameterizedTest
    @MethodSource("precisionsAndSharedGroups")
    void aSourceReadBackInARoundGoesOnWithTheSameBits(Precision precision, Set<ParameterGroup> shared)
            throws IOException {
        try (StepEngine first = SmallModel.open(precision, shared);
                StepEngine second = SmallModel.open(precision, shared);
                SharedParameters base = base(first);
                SharedParameters sameBase = base(second);
                SourceModel source = source(first, "en")) {
            source.begin(base);
            SmallModel.train(source, 5);
            try (SourceModel resumed = second.readSource(new ByteArrayInputStream(state(source)))) {
                assertThat(resumed.inRound()).isTrue();
                for (int step = 5; step < 8; step++) {
                    assertThat(resumed.step(tokens(step), ROWS, 1e-3)).isEqualTo(source.step(tokens(step), ROWS, 1e-3));
                }
                for (ParameterGroup group : shared) {
                    TensorId tensor = TensorId.parameters(group);
                    assertThat(delta(resumed, sameBase, tensor)).isEqualTo(delta(source, base, tensor));
                }
                assertThat(state(resumed)).isEqualTo(state(source));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sharedGroups")
    void aSourceBetweenRoundsIsWrittenWithoutWorkingCopies(Set<ParameterGroup> shared) throws IOException {
        try (StepEngine engine = SmallModel.open(shared);
                SharedParameters base = base(engine);
                SourceModel source = source(engine, "en")) {
            int outside = state(source).length;
            source.begin(base);
            long working = shared.stream().mapToLong(source::elements).sum();
            assertThat(state(source)).hasSize((int) (outside + Float.BYTES * working));
            SmallModel.train(source, 1);
            source.end();
            byte[] bytes = state(source);
            assertThat(bytes).hasSize(outside);

            ByteArrayInputStream twice = new ByteArrayInputStream(concatenate(bytes, bytes));
            for (int i = 0; i < 2; i++) {
                try (SourceModel read = engine.readSource(twice)) {
                    assertThat(read.inRound()).isFalse();
                    assertThat(read.name()).isEqualTo("en");
                    assertThat(read.pieces()).isEqualTo(PIECES);
                    assertThat(read.sequenceLength()).isEqualTo(SHAPE.sequenceLength());
                    assertThat(read.steps()).isEqualTo(1);
                    assertThat(state(read)).isEqualTo(bytes);
                }
            }
            assertThat(twice.available()).isZero();
        }
    }

    @Test
    void aSourceKeepsTheSequenceLengthThatItBeganWith() throws IOException {
        try (StepEngine engine = SmallModel.open(SmallModel.SPEC);
                SourceModel source = engine.newSource("en", PIECES, 5, 1);
                SourceModel read = engine.readSource(new ByteArrayInputStream(state(source)))) {
            assertThat(read.sequenceLength()).isEqualTo(5);
            assertThat(SmallModel.values(read, ParameterGroup.POSITIONS))
                    .isEqualTo(SmallModel.values(source, ParameterGroup.POSITIONS));
        }
    }

    @Test
    void stateOfAnotherShapeIsRefusedWithBothShapes() throws IOException {
        ModelShape other = new ModelShape(2, 32, 4, 16, Positions.ALIBI);
        try (StepEngine engine = SmallModel.open(SmallModel.SPEC);
                StepEngine otherEngine = StepEngine.open(other, Precision.FP32, AdamW.defaults(), SmallModel.SPEC);
                SourceModel source = source(otherEngine, "en")) {
            byte[] bytes = state(source);
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(other.toString())
                    .hasMessageContaining(SHAPE.toString());
        }
    }

    @Test
    void stateOfAnotherVariantIsRefusedWithBothSharedSets() throws IOException {
        try (StepEngine engine = SmallModel.open(SmallModel.SPEC);
                StepEngine glob = SmallModel.open(SmallModel.GLOB);
                SourceModel source = source(glob, "en")) {
            byte[] bytes = state(source);
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("sharing [BODY, TOKENS, POSITIONS]")
                    .hasMessageContaining("sharing [BODY];");
        }
    }

    @Test
    void stateThatIsCutOffOrForeignOrOfTheFirstVersionIsRefused() throws IOException {
        try (StepEngine engine = SmallModel.open(SmallModel.SPEC);
                SourceModel source = source(engine, "en")) {
            byte[] bytes = state(source);
            byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(half)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ends within a tensor");
            assertThat(bytes[7]).isEqualTo((byte) 2);
            bytes[7] = 1;
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("version 1")
                    .hasMessageContaining("resume with the release that wrote it");
            bytes[0]++;
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not the state of a source");
        }
    }

    private static byte[] concatenate(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
