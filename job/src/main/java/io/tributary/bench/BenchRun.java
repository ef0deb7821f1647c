package io.tributary.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was measured under one set of settings.
 *
 * @param title the settings for people
 * @param settings by name, in their order: numbers and texts
 * @param figures in the order they are read in
 * @param notes what the reader has to know about the figures
 */
public record BenchRun(String title, Map<String, Object> settings, List<Figure> figures, List<String> notes) {
    public BenchRun {
        settings = new LinkedHashMap<>(settings);
        figures = List.copyOf(figures);
        notes = List.copyOf(notes);
        if (figures.stream().map(Figure::key).distinct().count() != figures.size()) {
            throw new IllegalArgumentException("Figures of a run have keys of their own: " + figures);
        }
    }

    /** The header of a table whose rows {@link #rows} gives. */
    public List<String> header() {
        return List.of("", "median", "smallest", "largest");
    }

    public List<List<String>> rows() {
        return figures.stream().map(Figure::row).toList();
    }

    /** The same for programs: maps, lists, texts and numbers. */
    public Map<String, Object> json() {
        Map<String, Object> byKey = new LinkedHashMap<>();
        figures.forEach(figure -> byKey.put(figure.key(), figure.json()));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("settings", settings);
        json.put("figures", byKey);
        json.put("notes", notes);
        return json;
    }
}
