package io.tributary.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DtypeTest {
    /** The examples of IEEE 754's binary16 that everyone uses, and the ends of each range. */
    @ParameterizedTest
    @CsvSource({
        "3C00, 1",
        "C000, -2",
        "7BFF, 65504",
        "0400, 0x1p-14",
        "03FF, 0x1.ff8p-15",
        "0001, 0x1p-24",
        "8001, -0x1p-24",
        "3555, 0x1.554p-2",
        "7C00, Infinity",
        "FC00, -Infinity",
        "7E00, NaN",
        "0000, 0",
        "8000, -0.0"
    })
    void halvesAreRead(String half, String value) {
        ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(0, (short) Integer.parseInt(half, 16));
        float[] out = new float[2];

        Dtype.F16.get(bytes, out, 1, 1);

        assertThat(Float.floatToIntBits(out[1])).isEqualTo(Float.floatToIntBits(Float.parseFloat(value)));
    }
}
