package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.config.Guide.Entry;
import io.tributary.config.Question.Kind;
import java.util.HashSet;
import java.util.Set;

/** A settings file with a comment on each setting; those that the example leaves out are in it as comments. */
final class AnnotatedExample {
    private static final String HEAD =
            """
            # yaml-language-server: $schema=../pipeline.schema.json
            # The settings of a run, for ./tributary plan, which counts what it will cost, and ./tributary submit, which starts it.
            # A key without "may be left out" is needed. docs/configuration.md has the same in tables.
            # Written by ./tributary config --write-docs docs
            """;
    private static final int COMMENTS = 24;
    private static final int WIDTH = 120;

    private final Guide guide;
    private final StringBuilder text = new StringBuilder(HEAD);
    private final Set<String> explained = new HashSet<>();

    AnnotatedExample(Guide guide) {
        this.guide = guide;
    }

    String text() {
        section("", Guide.example(), "", true);
        return text.toString();
    }

    /** Where the settings below a setting are. */
    static String inside(Entry section) {
        return section.setting().path() + (section.kind() instanceof Kind.Mappings ? "[]" : "");
    }

    /** @param complete whether settings that have no value are there as comments */
    private void section(String path, JsonNode values, String indent, boolean complete) {
        boolean before = false;
        for (Entry entry : guide.in(path)) {
            boolean top = path.isEmpty() && (entry.hasSettings() || before);
            before = entry.hasSettings();
            if (top) {
                text.append('\n');
            }
            JsonNode value = values.path(entry.setting().key());
            if (!value.isMissingNode()) {
                entry(entry, value, indent);
            } else if (complete && !explained.contains(entry.setting().path())) {
                absent(entry, indent + "# ");
            }
        }
    }

    /** A setting, and all that is in it, as comments. */
    private void absent(Entry entry, String indent) {
        String key = indent + entry.setting().key() + ":";
        if (entry.hasSettings()) {
            line(key, entry);
            guide.in(inside(entry)).forEach(each -> absent(each, indent + "  "));
        } else {
            line(key + " " + unset(entry), entry);
        }
    }

    /** What may stand behind a key that is a comment. */
    private static String unset(Entry entry) {
        return entry.literal().map(Guide::text).orElse(hasNames(entry) ? "{}" : "...");
    }

    /** Whether it has keys that are not settings. */
    private static boolean hasNames(Entry entry) {
        return entry.kind() instanceof Kind.Free || entry.kind() instanceof Kind.TextLists;
    }

    private void entry(Entry entry, JsonNode value, String indent) {
        String key = indent + entry.setting().key() + ":";
        if (entry.kind() instanceof Kind.Mapping) {
            line(key, entry);
            section(entry.setting().path(), value, indent + "  ", true);
        } else if (entry.kind() instanceof Kind.Mappings) {
            line(key, entry);
            for (int i = 0; i < value.size(); i++) {
                int start = text.length();
                section(inside(entry), value.get(i), indent + "    ", i == value.size() - 1);
                text.replace(start, start + indent.length() + 4, indent + "  - ");
            }
        } else if (hasNames(entry)) {
            line(key, entry);
            value.properties()
                    .forEach(each ->
                            text.append("%s  %s: %s%n".formatted(indent, each.getKey(), Guide.text(each.getValue()))));
        } else {
            line(key + " " + Guide.text(value), entry);
        }
    }

    /** A setting, with what it is where it is there for the first time. */
    private void line(String setting, Entry entry) {
        StringBuilder line = new StringBuilder(setting);
        if (explained.add(entry.setting().path())) {
            line.append(" ".repeat(Math.max(2, COMMENTS - line.length()))).append('#');
            for (String word : comment(entry).split(" ", -1)) {
                if (line.length() + 1 + word.length() > WIDTH) {
                    text.append(line).append('\n');
                    line = new StringBuilder(" ".repeat(COMMENTS)).append('#');
                }
                line.append(' ').append(word);
            }
        }
        text.append(line).append('\n');
    }

    private String comment(Entry entry) {
        StringBuilder comment = new StringBuilder(entry.text());
        if (entry.kind() instanceof Kind.Choice choice
                && !entry.text().contains(choice.words().get(0) + " (")) {
            comment.append(": ").append(String.join(", ", choice.words()));
        }
        if (!entry.besideOf(guide).isEmpty()) {
            comment.append("; ").append(entry.besideOf(guide));
        }
        if (!entry.setting().needed() && !entry.hasSettings()) {
            comment.append("; may be left out")
                    .append(entry.setting().neededFor(Purpose.PLAN) ? " of a job" : "")
                    .append(": ")
                    .append(entry.standard().orElse("nothing"));
        }
        return comment.toString();
    }
}
