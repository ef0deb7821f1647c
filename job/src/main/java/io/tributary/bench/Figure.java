package io.tributary.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A measured number.
 *
 * @param key what programs call it, unique within a run
 * @param label what people read, with the unit
 */
public record Figure(String key, String label, Samples samples) {
    private static final int[] DECIMALS_UP_TO = {10, 100, 1000};

    public Figure {
        if (key.isBlank() || label.isBlank()) {
            throw new IllegalArgumentException(
                    "A figure has a key and a label, not '%s' and '%s'".formatted(key, label));
        }
    }

    /** Label, median, smallest and largest value. */
    List<String> row() {
        return List.of(label, text(samples.median()), text(samples.smallest()), text(samples.largest()));
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", label);
        json.put("median", samples.median());
        json.put("smallest", samples.smallest());
        json.put("largest", samples.largest());
        json.put("values", samples.values());
        return json;
    }

    /** Four digits or more, as far as they are before the point. */
    private static String text(double value) {
        int decimals = DECIMALS_UP_TO.length;
        for (int limit : DECIMALS_UP_TO) {
            decimals -= Math.abs(value) >= limit ? 1 : 0;
        }
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
