package io.tributary.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers that are written with their unit. */
public enum Quantities {
    /** Milliseconds. */
    DURATION(
            "a duration such as 90s or 10m",
            Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L)),
    /** Bytes. */
    SIZE("a size such as 512MiB or 2GB", Units.BYTES),
    /** Bytes in a second. */
    RATE("a rate such as 125MB/s or 10Gbit/s", Units.RATES);

    private static final Pattern WITH_UNIT = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?) ?([A-Za-z/]+)");

    private final String example;

    @SuppressWarnings("ImmutableEnumChecker") // maps made by Map.of and Map.ofEntries cannot change
    private final Map<String, Long> units;

    Quantities(String example, Map<String, Long> units) {
        this.example = example;
        this.units = units;
    }

    /** What one looks like. */
    public String example() {
        return example;
    }

    /** How the number is written, in the largest unit that leaves no fraction. */
    String text(long value) {
        return units.entrySet().stream()
                .filter(unit -> value % unit.getValue() == 0)
                .max(Map.Entry.comparingByValue())
                .map(unit -> value / unit.getValue() + unit.getKey())
                .orElseThrow(() -> new IllegalArgumentException(value + " has no unit"));
    }

    /** The units that there are, the smallest first. */
    List<String> units() {
        return units.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The number in the smallest unit, fractions of it cut off; empty if the text is not of this kind, or too much. */
    public OptionalLong parse(String text) {
        Matcher matcher = WITH_UNIT.matcher(text);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            return OptionalLong.empty();
        }
        BigDecimal value = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        return value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(value.longValue());
    }

    /** Decimal and binary multiples. */
    private static final class Units {
        static final Map<String, Long> BYTES = Map.ofEntries(
                Map.entry("B", 1L),
                Map.entry("kB", 1000L),
                Map.entry("MB", 1_000_000L),
                Map.entry("GB", 1_000_000_000L),
                Map.entry("TB", 1_000_000_000_000L),
                Map.entry("KiB", 1L << 10),
                Map.entry("MiB", 1L << 20),
                Map.entry("GiB", 1L << 30),
                Map.entry("TiB", 1L << 40));
        static final Map<String, Long> RATES = Map.of(
                "kB/s", 1000L,
                "MB/s", 1_000_000L,
                "GB/s", 1_000_000_000L,
                "KiB/s", 1L << 10,
                "MiB/s", 1L << 20,
                "GiB/s", 1L << 30,
                "Mbit/s", 125_000L,
                "Gbit/s", 125_000_000L);
    }
}
