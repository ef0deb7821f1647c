package io.tributary.snapshot;

import java.nio.ByteBuffer;

/** How the values of a tensor are stored; on the heap they are float32 in any case. */
public enum Dtype {
    F32(Float.BYTES) {
        @Override
        void put(float[] values, int count, ByteBuffer out) {
            out.asFloatBuffer().put(values, 0, count);
        }

        @Override
        void get(ByteBuffer in, float[] values, int at, int count) {
            in.asFloatBuffer().get(values, at, count);
        }
    },
    /** The upper half of a float32; values are rounded to the nearest, to the even one of two that are as near. */
    BF16(Short.BYTES) {
        @Override
        void put(float[] values, int count, ByteBuffer out) {
            for (int i = 0; i < count; i++) {
                out.putShort(i * bytes(), rounded(values[i]));
            }
        }

        @Override
        void get(ByteBuffer in, float[] values, int at, int count) {
            for (int i = 0; i < count; i++) {
                values[at + i] = Float.intBitsToFloat(in.getShort(i * bytes()) << 16);
            }
        }
    },
    /** IEEE 754's 16 bits, as models of others have them; only read. */
    F16(Short.BYTES) {
        @Override
        void put(float[] values, int count, ByteBuffer out) {
            throw new UnsupportedOperationException("Values are written as F32 or BF16, whose range is float32's");
        }

        @Override
        void get(ByteBuffer in, float[] values, int at, int count) {
            for (int i = 0; i < count; i++) {
                values[at + i] = widened(in.getShort(i * bytes()));
            }
        }
    };

    private final int bytes;

    Dtype(int bytes) {
        this.bytes = bytes;
    }

    /** Of one value. */
    public int bytes() {
        return bytes;
    }

    /** Writes the first values to the start of a little-endian buffer. */
    abstract void put(float[] values, int count, ByteBuffer out);

    /** Reads values from the start of a little-endian buffer. */
    abstract void get(ByteBuffer in, float[] values, int at, int count);

    /** Exact: every half is a float. */
    private static float widened(short half) {
        int exponent = (half >> 10) & 0x1F;
        int fraction = half & 0x3FF;
        float magnitude =
                switch (exponent) {
                    case 0 -> fraction * 0x1p-24f;
                    case 0x1F -> Float.intBitsToFloat(0x7F800000 | (fraction << 13));
                    default -> Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
                };
        return half < 0 ? -magnitude : magnitude;
    }

    private static short rounded(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Rounding could make an infinity of it.
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
