package io.tributary.plan;

import java.util.List;
import java.util.Locale;

/** Bytes as people read them. */
public final class ByteSize {
    private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB", "PiB", "EiB");
    private static final long SHORT = 100_000;

    private ByteSize() {}

    /** The exact number where it is short, else in the binary unit that leaves 1 to 4 digits before the point. */
    public static String text(long bytes) {
        if (bytes < SHORT) {
            return String.format(Locale.ROOT, "%,d B", bytes);
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < UNITS.size() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%,.2f %s", value, UNITS.get(unit));
    }
}
