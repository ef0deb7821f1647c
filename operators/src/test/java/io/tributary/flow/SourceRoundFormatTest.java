package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.SourceId;
import io.tributary.round.SourceRound;
import io.tributary.round.SourceRound.Status;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SourceRoundFormatTest {
    private static final SourceId SOURCE = new SourceId("de", 64);

    private final SourceRoundFormat format = new SourceRoundFormat();

    static Stream<SourceRound> states() {
        return Stream.of(
                new SourceRound(SOURCE, Status.DORMANT, 3, SourceRound.NONE, SourceRound.NONE, 0, 0, false),
                new SourceRound(SOURCE, Status.ACTIVE, 3, 4, 5, 2, 1L << 40, false),
                new SourceRound(SOURCE, Status.ACTIVE, 3, 4, 4, 2, 20, true));
    }

    @ParameterizedTest
    @MethodSource("states")
    void aStateComesBack(SourceRound state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);

        format.write(state, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        assertThat(format.read(format.version(), in)).isEqualTo(state);
        assertThat(in.available()).isZero();
    }
}
