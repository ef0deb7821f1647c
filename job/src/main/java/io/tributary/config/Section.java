package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One mapping of a settings file. Each question is for one key; what is wrong with the answer becomes a problem, and some
 * lawful value is answered instead, so that all problems are found in one go. {@link #end} finds the keys that nobody
 * asked for.
 */
final class Section {
    private static final int SHOWN_LENGTH = 40;

    private final String path;
    private final JsonNode node;
    private final List<String> problems;
    private final Set<String> asked = new LinkedHashSet<>();
    private final int problemsBefore;

    /** @param problems where all sections of a file write theirs */
    Section(String path, JsonNode node, List<String> problems) {
        this.path = path;
        this.node = node;
        this.problems = problems;
        this.problemsBefore = problems.size();
    }

    /** The mapping below a key; where there is none, its keys are missing one by one. */
    Section section(String key) {
        Optional<JsonNode> found = find(key);
        return found.isEmpty()
                ? new Section(at(key), JsonNodeFactory.instance.objectNode(), problems)
                : mapping(at(key), found.get());
    }

    /** The mappings of a list that is not empty. */
    List<Section> sections(String key) {
        Optional<JsonNode> found = find(key);
        if (found.isEmpty()) {
            missing(key);
            return List.of();
        }
        if (!found.get().isArray() || found.get().isEmpty()) {
            problem(at(key), shown(found.get()) + " is not a list of at least one entry");
            return List.of();
        }
        return entries(key, found.get());
    }

    /** The mappings of a list that may be empty or missing. */
    List<Section> sectionsIfAny(String key) {
        Optional<JsonNode> found = find(key);
        if (found.isPresent() && !found.get().isArray()) {
            problem(at(key), shown(found.get()) + " is not a list");
            return List.of();
        }
        return found.map(list -> entries(key, list)).orElse(List.of());
    }

    private List<Section> entries(String key, JsonNode list) {
        List<Section> sections = new ArrayList<>();
        for (JsonNode entry : list) {
            sections.add(mapping(at(key) + "[" + sections.size() + "]", entry));
        }
        return sections;
    }

    private Section mapping(String place, JsonNode found) {
        if (found.isObject()) {
            return new Section(place, found, problems);
        }
        problem(place, shown(found) + " is not a mapping of keys to values");
        // Its keys are not missing besides.
        return new Section(place, JsonNodeFactory.instance.objectNode(), new ArrayList<>());
    }

    boolean has(String key) {
        return find(key).isPresent();
    }

    int whole(String key, int least, int most) {
        return (int) whole(key, (long) least, most);
    }

    int whole(String key, int least, int most, int fallback) {
        return has(key) ? whole(key, least, most) : fallback;
    }

    long whole(String key, long least, long most) {
        Optional<JsonNode> found = find(key);
        if (found.isEmpty()) {
            missing(key);
        } else if (!found.get().isIntegralNumber()) {
            problem(at(key), shown(found.get()) + " is not a whole number");
        } else if (!found.get().canConvertToLong()
                || found.get().longValue() < least
                || found.get().longValue() > most) {
            problem(at(key), shown(found.get()) + " is not between " + count(least) + " and " + count(most));
        } else {
            return found.get().longValue();
        }
        return least;
    }

    long whole(String key, long least, long most, long fallback) {
        return has(key) ? whole(key, least, most) : fallback;
    }

    double number(String key, Interval interval) {
        Optional<JsonNode> found = find(key);
        if (found.isEmpty()) {
            missing(key);
        } else if (!found.get().isNumber()) {
            problem(at(key), shown(found.get()) + " is not a number");
        } else if (!interval.holds(found.get().doubleValue())) {
            problem(at(key), shown(found.get()) + " is not " + interval.text());
        } else {
            return found.get().doubleValue();
        }
        return 0;
    }

    double number(String key, Interval interval, double fallback) {
        return has(key) ? number(key, interval) : fallback;
    }

    /** Text that is not blank. */
    String text(String key) {
        Optional<JsonNode> found = find(key);
        if (found.isEmpty()) {
            missing(key);
        } else if (!found.get().isTextual()) {
            problem(at(key), shown(found.get()) + " is not text: put it between quotes");
        } else if (found.get().textValue().isBlank()) {
            problem(at(key), "is blank");
        } else {
            return found.get().textValue();
        }
        return "";
    }

    String text(String key, String fallback) {
        return has(key) ? text(key) : fallback;
    }

    Optional<String> textIfAny(String key) {
        return has(key) ? Optional.of(text(key)).filter(text -> !text.isEmpty()) : Optional.empty();
    }

    /** Names with a list of texts each. */
    Map<String, List<String>> textLists(String key) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        Section named = section(key);
        named.node.properties().forEach(entry -> {
            String place = named.at(entry.getKey());
            List<String> texts = new ArrayList<>();
            if (!entry.getValue().isArray()) {
                problem(place, shown(entry.getValue()) + " is not a list");
            }
            for (JsonNode text : entry.getValue()) {
                if (text.isTextual()) {
                    texts.add(text.textValue());
                } else {
                    problem(place, shown(text) + " is not text: put it between quotes");
                }
            }
            lists.put(entry.getKey(), texts);
        });
        return lists;
    }

    /** Keys that others give a meaning to, with their values as they are written; nested ones are joined by dots. */
    Map<String, String> properties(String key) {
        Map<String, String> properties = new LinkedHashMap<>();
        find(key).ifPresent(found -> {
            if (found.isObject()) {
                addProperties("", found, at(key), properties);
            } else {
                problem(at(key), shown(found) + " is not a mapping of keys to values");
            }
        });
        return properties;
    }

    private void addProperties(String prefix, JsonNode mapping, String place, Map<String, String> properties) {
        mapping.properties().forEach(entry -> {
            String name = prefix + entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isObject()) {
                addProperties(name + ".", value, place, properties);
            } else if (value.isArray() || value.isNull()) {
                problem(place + "." + name, shown(value) + " is not a text, a number, true or false");
            } else {
                properties.put(name, value.asText());
            }
        });
    }

    /** One of some words. */
    <E> E choice(String key, Map<String, E> choices) {
        Optional<JsonNode> found = find(key);
        if (found.isEmpty()) {
            missing(key);
        } else {
            String word = found.get().asText();
            E chosen = choices.get(word);
            if (chosen != null) {
                return chosen;
            }
            problem(
                    at(key),
                    shown(found.get()) + " is not one of " + String.join(", ", choices.keySet())
                            + didYouMean(word, choices.keySet()));
        }
        return choices.values().iterator().next();
    }

    <E> E choice(String key, Map<String, E> choices, E fallback) {
        return has(key) ? choice(key, choices) : fallback;
    }

    /** A number with a unit, at least one of the smallest. */
    long quantity(String key, Quantities kind) {
        Optional<JsonNode> found = find(key);
        if (found.isEmpty()) {
            missing(key);
            return 1;
        }
        OptionalLong value = found.get().isTextual() ? kind.parse(found.get().textValue()) : OptionalLong.empty();
        if (value.isEmpty() || value.getAsLong() < 1) {
            problem(at(key), shown(found.get()) + " is not " + kind.example());
            return 1;
        }
        return value.getAsLong();
    }

    long quantity(String key, Quantities kind, long fallback) {
        return has(key) ? quantity(key, kind) : fallback;
    }

    OptionalLong limit(String key, Quantities kind) {
        return has(key) ? OptionalLong.of(quantity(key, kind)) : OptionalLong.empty();
    }

    /** Keys that are known but have no meaning beside the other settings; to set one is a misunderstanding. */
    void meaningless(String reason, Collection<String> keys) {
        for (String key : keys) {
            if (has(key)) {
                problem(at(key), shown(node.get(key)) + " has no effect: " + reason);
            }
        }
    }

    /** Makes what the section describes, if nothing is wrong with it so far; what the constructor refuses is a problem. */
    <T> Optional<T> make(Supplier<T> constructor) {
        if (problems.size() > problemsBefore) {
            return Optional.empty();
        }
        try {
            return Optional.of(constructor.get());
        } catch (IllegalArgumentException e) {
            problem(path, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Refuses the keys that were not asked for. */
    void end() {
        node.fieldNames().forEachRemaining(key -> {
            if (!asked.contains(key)) {
                problem(
                        at(key),
                        "there is no such setting" + didYouMean(key, asked) + ", known here: "
                                + String.join(", ", asked));
            }
        });
    }

    void refuse(String key, String problem) {
        problem(at(key), problem);
    }

    /** The path of a key in the file. */
    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** A key with nothing behind it, which YAML reads as null, counts as missing. */
    private Optional<JsonNode> find(String key) {
        asked.add(key);
        return Optional.ofNullable(node.get(key)).filter(found -> !found.isNull());
    }

    private void missing(String key) {
        problem(at(key), "is missing");
    }

    private void problem(String place, String text) {
        problems.add(place.isEmpty() ? text : place + ": " + text);
    }

    private static String didYouMean(String word, Collection<String> known) {
        return Spelling.nearest(word, known)
                .map(meant -> ", did you mean " + meant + "?")
                .orElse("");
    }

    private static String shown(JsonNode value) {
        String text = value.isTextual() ? "'" + value.textValue() + "'" : value.toString();
        return text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "...";
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
