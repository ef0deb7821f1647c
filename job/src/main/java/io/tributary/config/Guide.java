package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.config.Question.Kind;
import io.tributary.config.Tour.Beside;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the documents say of all settings: what the readers ask, and a sentence on each from {@code settings.yaml}. */
final class Guide {
    private static final String TEXTS = "settings.yaml";
    /** Larger ones are no limits that anybody meets, and no numbers that all programs can read. */
    static final long NO_LIMIT = 1L << 53;

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * One setting.
     *
     * @param text what it is
     * @param standard what counts where it is left out; none where that does not happen
     */
    record Entry(Setting setting, String text, Optional<String> standard) {
        Kind kind() {
            return setting.kind();
        }

        /** Whether it is a section, or a list of them. */
        boolean hasSettings() {
            return kind() instanceof Kind.Mapping || kind() instanceof Kind.Mappings;
        }

        /** The value that counts where it is left out, if that is always the same. */
        Optional<JsonNode> literal() {
            return setting.standard().filter(value -> standard.equals(Optional.of(Guide.text(value))));
        }

        /** Whether it may be left out, and what counts then. */
        String leftOut() {
            String otherwise = standard.orElse("");
            if (setting.needed()) {
                return "needed";
            } else if (setting.neededFor(Purpose.PLAN)) {
                return "needed for a plan; " + otherwise;
            }
            return otherwise;
        }

        /** Beside which other answers it counts, as the end of a sentence; empty if beside all. */
        String beside() {
            if (!setting.onlyBeside().isEmpty()) {
                return "only with " + answers(setting.onlyBeside());
            }
            return setting.notBeside().isEmpty() ? "" : "not with " + answers(setting.notBeside());
        }

        /** The same, unless it is said of its section already. */
        String besideOf(Guide guide) {
            Optional<Entry> section = Optional.ofNullable(guide.entries.get(setting.section()));
            return section.map(Entry::beside).equals(Optional.of(beside())) ? "" : beside();
        }

        private static String answers(Set<Beside> answers) {
            Map<String, List<String>> words = new LinkedHashMap<>();
            answers.forEach(answer -> words.computeIfAbsent(answer.path(), path -> new ArrayList<>())
                    .add(answer.word()));
            return words.entrySet().stream()
                    .map(each -> each.getKey().substring(each.getKey().lastIndexOf('.') + 1) + " "
                            + String.join(" or ", each.getValue()))
                    .collect(Collectors.joining(" or "));
        }

        /** What may be answered. */
        String values() {
            if (kind() instanceof Kind.Whole whole) {
                boolean low = whole.least() > -NO_LIMIT;
                boolean high = whole.most() < NO_LIMIT;
                return low && high
                        ? "%,d to %,d".formatted(whole.least(), whole.most())
                        : "a whole number" + (low ? " from " + whole.least() : "");
            } else if (kind() instanceof Kind.Decimal number) {
                return "a number " + number.interval().text();
            } else if (kind() instanceof Kind.Choice choice) {
                return String.join(", ", choice.words());
            } else if (kind() instanceof Kind.Quantity quantity) {
                return quantity.unit().example();
            } else if (kind() instanceof Kind.Free) {
                return "keys with values";
            } else if (kind() instanceof Kind.TextLists) {
                return "names with lists of texts";
            } else if (kind() instanceof Kind.Text) {
                return "text";
            }
            return kind() instanceof Kind.Mappings ? "a list" : "";
        }
    }

    Guide(Map<String, Setting> settings, ObjectNode texts) {
        Set<String> wrong = new TreeSet<>();
        texts.properties().forEach(each -> {
            Optional<Setting> setting = Optional.ofNullable(settings.get(each.getKey()));
            if (setting.isEmpty()) {
                wrong.add(each.getKey() + " is explained, but no reader asks for it");
            } else {
                Entry entry = entry(setting.get(), each.getValue());
                entries.put(each.getKey(), entry);
                if (entry.standard().isEmpty() && !entry.setting().needed() && !entry.hasSettings()) {
                    wrong.add(each.getKey() + " needs a default in words, since it has not one alone");
                }
            }
        });
        Set<String> unexplained = new LinkedHashSet<>(settings.keySet());
        unexplained.removeAll(entries.keySet());
        unexplained.forEach(path -> wrong.add(path + " is not explained"));
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("In %s: %s".formatted(TEXTS, String.join("; ", wrong)));
        }
    }

    private static Entry entry(Setting setting, JsonNode says) {
        String text = says.isObject() ? says.path("text").asText() : says.asText();
        Optional<String> standard = says.isObject()
                ? Optional.of(says.path("default").asText())
                : setting.standard().map(Guide::text);
        return new Entry(setting, text, standard);
    }

    /**
     * What there is to say.
     *
     * @throws IllegalStateException if a setting is not explained, or something is that is none
     */
    static Guide read() {
        return new Guide(Tour.settings(), resource(TEXTS));
    }

    /** The values of the example. */
    static ObjectNode example() {
        return resource("example.yaml");
    }

    private static ObjectNode resource(String name) {
        try (InputStream in = Objects.requireNonNull(Guide.class.getResourceAsStream(name))) {
            return SettingsFile.tree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SettingsException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** All settings, each after the section that it is in. */
    List<Entry> all() {
        return List.copyOf(entries.values());
    }

    /** The settings of a section, {@code ""} for the file itself; those of a list's entries end in {@code []}. */
    List<Entry> in(String section) {
        return entries.values().stream()
                .filter(entry -> entry.setting().section().equals(section))
                .toList();
    }

    /** A value as people write it. */
    static String text(JsonNode value) {
        if (value.isFloatingPointNumber()) {
            BigDecimal number = new BigDecimal(value.asText()).stripTrailingZeros();
            return number.scale() > 4 ? number.unscaledValue() + "e" + -number.scale() : number.toPlainString();
        }
        if (value.isArray()) {
            return value.toString();
        }
        return value.isTextual() ? SettingsFile.yaml(value).strip() : value.asText();
    }
}
