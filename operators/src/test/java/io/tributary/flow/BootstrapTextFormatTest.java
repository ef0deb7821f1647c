package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class BootstrapTextFormatTest {
    private static final SourceId SOURCE = new SourceId("de", 312);

    private final BootstrapTextFormat format = new BootstrapTextFormat();

    @Test
    void textAndEndComeBackEqual() throws IOException {
        for (BootstrapText record :
                List.of(new BootstrapText.Text(SOURCE, "Grüße 🌊 \0".repeat(20_000)), new BootstrapText.End(SOURCE))) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            format.write(record, out);
            DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

            assertThat(format.read(format.version(), in)).isEqualTo(record);
            assertThat(in.available()).isZero();
        }
    }

    @Test
    void anUnknownTagIsNamed() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        new SourceIdFormat().write(SOURCE, out);
        out.writeByte(9);

        assertThatThrownBy(() -> format.read(1, new DataInputDeserializer(out.getCopyOfBuffer())))
                .hasMessageContaining("tag 9");
    }
}
