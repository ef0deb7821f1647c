package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tributary.config.Question.Kind;
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
    private final Questions questions;
    private final Set<String> asked = new LinkedHashSet<>();
    private final int problemsBefore;

    /**
     * @param problems where all sections of a file write theirs
     * @param questions where they write what they were asked
     */
    Section(String path, JsonNode node, List<String> problems, Questions questions) {
        this.path = path;
        this.node = node;
        this.problems = problems;
        this.questions = questions;
        this.problemsBefore = problems.size();
    }

    /** The mapping below a key; where there is none, its keys are missing one by one. */
    Section section(String key) {
        Optional<JsonNode> found = ask(key, new Kind.Mapping(), Optional.empty());
        return found.isEmpty()
                ? new Section(at(key), JsonNodeFactory.instance.objectNode(), problems, questions)
                : mapping(at(key), found.get());
    }

    /** The mappings of a list that is not empty. */
    List<Section> sections(String key) {
        Optional<JsonNode> found = need(key, new Kind.Mappings());
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
        Optional<JsonNode> found = ask(key, new Kind.Mappings(), Optional.empty());
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
            return new Section(place, found, problems, questions);
        }
        problem(place, shown(found) + " is not a mapping of keys to values");
        // Its keys are not missing besides.
        return new Section(place, JsonNodeFactory.instance.objectNode(), new ArrayList<>(), questions);
    }

    boolean has(String key) {
        return find(key).isPresent();
    }

    int whole(String key, int least, int most) {
        return (int) whole(key, (long) least, most);
    }

    int whole(String key, int least, int most, int fallback) {
        return (int) whole(key, (long) least, most, fallback);
    }

    long whole(String key, long least, long most) {
        Optional<JsonNode> found = need(key, new Kind.Whole(least, most));
        if (found.isEmpty()) {
            missing(key);
        }
        return found.map(value -> whole(key, value, least, most)).orElse(least);
    }

    long whole(String key, long least, long most, long fallback) {
        return ask(key, new Kind.Whole(least, most), Optional.of(LongNode.valueOf(fallback)))
                .map(value -> whole(key, value, least, most))
                .orElse(fallback);
    }

    OptionalLong wholeIfAny(String key, long least, long most) {
        return ask(key, new Kind.Whole(least, most), Optional.empty()).stream()
                .mapToLong(value -> whole(key, value, least, most))
                .findFirst();
    }

    private long whole(String key, JsonNode found, long least, long most) {
        if (!found.isIntegralNumber()) {
            problem(at(key), shown(found) + " is not a whole number");
        } else if (!found.canConvertToLong() || found.longValue() < least || found.longValue() > most) {
            problem(at(key), shown(found) + " is not between " + count(least) + " and " + count(most));
        } else {
            return found.longValue();
        }
        return least;
    }

    double number(String key, Interval interval) {
        Optional<JsonNode> found = need(key, new Kind.Decimal(interval));
        if (found.isEmpty()) {
            missing(key);
        }
        return found.map(value -> number(key, value, interval)).orElse(0.0);
    }

    double number(String key, Interval interval, double fallback) {
        return ask(key, new Kind.Decimal(interval), Optional.of(DoubleNode.valueOf(fallback)))
                .map(value -> number(key, value, interval))
                .orElse(fallback);
    }

    private double number(String key, JsonNode found, Interval interval) {
        if (!found.isNumber()) {
            problem(at(key), shown(found) + " is not a number");
        } else if (!interval.holds(found.doubleValue())) {
            problem(at(key), shown(found) + " is not " + interval.text());
        } else {
            return found.doubleValue();
        }
        return 0;
    }

    /** Text that is not blank. */
    String text(String key) {
        Optional<JsonNode> found = need(key, new Kind.Text());
        if (found.isEmpty()) {
            missing(key);
        }
        return found.map(value -> text(key, value)).orElse("");
    }

    String text(String key, String fallback) {
        return ask(key, new Kind.Text(), Optional.of(TextNode.valueOf(fallback)))
                .map(value -> text(key, value))
                .orElse(fallback);
    }

    Optional<String> textIfAny(String key) {
        return ask(key, new Kind.Text(), Optional.empty())
                .map(value -> text(key, value))
                .filter(text -> !text.isEmpty());
    }

    private String text(String key, JsonNode found) {
        if (!found.isTextual()) {
            problem(at(key), shown(found) + " is not text: put it between quotes");
        } else if (found.textValue().isBlank()) {
            problem(at(key), shown(found) + " is blank");
        } else {
            return found.textValue();
        }
        return "";
    }

    /** Names with a list of texts each, which may be empty. */
    Map<String, List<String>> textLists(String key) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        ask(key, new Kind.TextLists(), Optional.empty()).ifPresent(found -> {
            Section names = mapping(at(key), found);
            names.node
                    .properties()
                    .forEach(entry -> lists.put(entry.getKey(), names.texts(entry.getKey(), entry.getValue())));
        });
        return lists;
    }

    private List<String> texts(String key, JsonNode found) {
        if (!found.isArray()) {
            problem(at(key), shown(found) + " is not a list of texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode entry : found) {
            if (entry.isTextual()) {
                texts.add(entry.textValue());
            } else {
                problem(at(key), shown(entry) + " is not text: put it between quotes");
            }
        }
        return texts;
    }

    /** Keys that others give a meaning to, with their values as they are written; nested ones are joined by dots. */
    Map<String, String> properties(String key) {
        Map<String, String> properties = new LinkedHashMap<>();
        ask(key, new Kind.Free(), Optional.empty()).ifPresent(found -> {
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
                problem(
                        place + "." + name,
                        (Secrets.isSecret(name) ? Secrets.MASK : shown(value))
                                + " is not a text, a number, true or false");
            } else {
                properties.put(name, value.asText());
            }
        });
    }

    /** One of some words. */
    <E> E choice(String key, Map<String, E> choices) {
        Optional<JsonNode> found = need(key, new Kind.Choice(List.copyOf(choices.keySet())));
        if (found.isEmpty()) {
            missing(key);
        }
        return found.map(value -> choice(key, value, choices))
                .orElseGet(() -> choices.values().iterator().next());
    }

    <E> E choice(String key, Map<String, E> choices, E fallback) {
        Optional<JsonNode> standard = choices.entrySet().stream()
                .filter(entry -> entry.getValue().equals(fallback))
                .findFirst()
                .map(entry -> Tour.word(entry.getKey()));
        return ask(key, new Kind.Choice(List.copyOf(choices.keySet())), standard)
                .map(value -> choice(key, value, choices))
                .orElse(fallback);
    }

    private <E> E choice(String key, JsonNode found, Map<String, E> choices) {
        String word = found.asText();
        E chosen = choices.get(word);
        if (chosen != null) {
            return chosen;
        }
        problem(
                at(key),
                shown(found) + " is not one of " + String.join(", ", choices.keySet())
                        + didYouMean(word, choices.keySet()));
        return choices.values().iterator().next();
    }

    /** A number with a unit, at least one of the smallest. */
    long quantity(String key, Quantities kind) {
        Optional<JsonNode> found = need(key, new Kind.Quantity(kind));
        if (found.isEmpty()) {
            missing(key);
        }
        return found.map(value -> quantity(key, value, kind)).orElse(1L);
    }

    long quantity(String key, Quantities kind, long fallback) {
        return ask(key, new Kind.Quantity(kind), Optional.of(TextNode.valueOf(kind.text(fallback))))
                .map(value -> quantity(key, value, kind))
                .orElse(fallback);
    }

    private long quantity(String key, JsonNode found, Quantities kind) {
        OptionalLong value = found.isTextual() ? kind.parse(found.textValue()) : OptionalLong.empty();
        if (value.isEmpty() || value.getAsLong() < 1) {
            problem(at(key), shown(found) + " is not " + kind.example());
            return 1;
        }
        return value.getAsLong();
    }

    OptionalLong limit(String key, Quantities kind) {
        return ask(key, new Kind.Quantity(kind), Optional.empty()).stream()
                .mapToLong(value -> quantity(key, value, kind))
                .findFirst();
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

    /** Asks for what only the file can say. */
    private Optional<JsonNode> need(String key, Kind kind) {
        Optional<JsonNode> found = find(key);
        questions.add(new Question(at(key), kind, true, found.isPresent(), found));
        return found;
    }

    /** Asks for what there may be a default for. */
    private Optional<JsonNode> ask(String key, Kind kind, Optional<? extends JsonNode> standard) {
        Optional<JsonNode> found = find(key);
        questions.add(new Question(at(key), kind, false, found.isPresent(), found.or(() -> standard)));
        return found;
    }

    /** A key with nothing behind it, which YAML reads as null, counts as missing. */
    private Optional<JsonNode> find(String key) {
        asked.add(key);
        questions.know(at(key));
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
