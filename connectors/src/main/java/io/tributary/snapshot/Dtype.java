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

    private static short rounded(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Rounding could make an infinity of it.
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
