package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One setting that was given beside a file, as {@code --set PATH=VALUE}. Entries of a list go by their place from 0 or by
 * their name: {@code sources[1].size=3GB}, {@code sources[de].size=3GB}.
 *
 * @param path as it was given
 * @param segments of its path
 * @param value as YAML has it
 */
record SetOption(String path, List<String> segments, JsonNode value) {
    /** With which each of its problems begins. */
    static final String NAME = "--set ";

    private static final Pattern PATH = Pattern.compile("(?:[^=\\[\\]]*?\\[[^\\]=]+])*[^=\\[\\]]*");
    private static final Pattern SEGMENT = Pattern.compile("\\[([^\\]]+)]|([^.\\[]+)");

    SetOption {
        segments = List.copyOf(segments);
    }

    /**
     * Reads one.
     *
     * @throws SettingsException if it is not of this form
     */
    static SetOption of(String text) throws SettingsException {
        int equals = text.indexOf('=');
        String path = text.substring(0, Math.max(0, equals));
        if (path.isBlank()
                || text.contains("\n")
                || !PATH.matcher(path).matches()
                || path.matches("\\..*|.*\\.\\..*|.*\\.|\\[.*")) {
            throw problem(
                    equals < 0 ? text : path,
                    "is not of the form PATH=VALUE, as in rounds.localSteps=60 or sources[de].size=3GB");
        }
        try {
            return at(path, SettingsFile.value(text.substring(equals + 1)));
        } catch (SettingsException e) {
            throw problem(path, String.join("; ", e.problems()));
        }
    }

    /** Sets what a path leads to. */
    static SetOption at(String path, JsonNode value) {
        List<String> segments = new ArrayList<>();
        Matcher matcher = SEGMENT.matcher(path);
        while (matcher.find()) {
            segments.add(matcher.group());
        }
        return new SetOption(path, segments, value);
    }

    /**
     * Puts the value into a tree.
     *
     * @return the path as a reader will name it, with places instead of names
     * @throws SettingsException if there is no such entry in a list, or the path leads through a value
     */
    String apply(ObjectNode root) throws SettingsException {
        return apply(root, 0, "");
    }

    /** @param done the path of the place, which the first segments led to */
    private String apply(JsonNode place, int done, String path) throws SettingsException {
        String segment = segments.get(done);
        if (segment.startsWith("[")) {
            ArrayNode list = list(place, path);
            int index = index(list, segment.substring(1, segment.length() - 1), path);
            String at = path + "[" + index + "]";
            if (done + 1 < segments.size()) {
                return apply(list.get(index), done + 1, at);
            }
            list.set(index, value);
            return at;
        }
        if (!(place instanceof ObjectNode mapping)) {
            throw problem(path + " is not a mapping of keys to values");
        }
        // Flink's and Kafka's keys have dots in them, and may be written as one or as nested mappings.
        int after = done + longestKey(mapping, done);
        String key = String.join(".", segments.subList(done, after));
        String at = path.isEmpty() ? key : path + "." + key;
        if (after < segments.size()) {
            return apply(next(mapping, key, segments.get(after).startsWith("[")), after, at);
        }
        mapping.set(key, value);
        return at;
    }

    private static JsonNode next(ObjectNode mapping, String key, boolean list) {
        JsonNode there = mapping.get(key);
        if (there == null || there.isNull()) {
            return list ? mapping.putArray(key) : mapping.putObject(key);
        }
        return there;
    }

    /** How many segments are one key that is there; 1 if none is. */
    private int longestKey(ObjectNode mapping, int from) {
        int to = segments.size();
        while (to > from + 1 && !mapping.has(String.join(".", segments.subList(from, to)))) {
            to--;
        }
        return to - from;
    }

    private ArrayNode list(JsonNode place, String path) throws SettingsException {
        if (place instanceof ArrayNode list) {
            return list;
        }
        throw problem(path + " is not a list");
    }

    private int index(ArrayNode list, String which, String path) throws SettingsException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String name = list.get(i).path("name").asText();
            if (which.equals(name) || which.equals(String.valueOf(i))) {
                return i;
            }
            names.add(name);
        }
        String known = names.isEmpty()
                ? "the list is empty"
                : "there are 0 to %d, or by name %s".formatted(names.size() - 1, String.join(", ", names));
        String meant = Spelling.nearest(which, names)
                .map(name -> ", did you mean " + name + "?")
                .orElse("");
        throw problem("%s has no entry %s: %s%s".formatted(path, which, known, meant));
    }

    private SettingsException problem(String what) {
        return problem(path, what);
    }

    /** Without the value, which may be secret. */
    private static SettingsException problem(String path, String what) {
        return new SettingsException(List.of(NAME + path + ": " + what));
    }
}
