package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotPartFormatTest {
    private final SnapshotPartFormat format = new SnapshotPartFormat();

    @Test
    void filesComeBackInOrder() throws IOException {
        SnapshotPart part = new SnapshotPart(
                12,
                64,
                127,
                List.of(
                        new SnapshotPart.File("", "body.safetensors", 5L << 30, "ab".repeat(32)),
                        new SnapshotPart.File("arxiv", "sources/arxiv/tokenizer.model", 0, "cd".repeat(32))));

        assertThat(WireRoundTrip.through(format, part)).isEqualTo(part);
    }

    @Test
    void subtaskWithoutSourcesHasNoFiles() throws IOException {
        SnapshotPart part = new SnapshotPart(0, 0, 0, List.of());

        assertThat(WireRoundTrip.through(format, part)).isEqualTo(part);
    }
}
