package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.config.Question.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Everything that was asked in one reading of a settings file, in order. */
final class Questions {
    private static final Pattern SEGMENT = Pattern.compile("([^.\\[]+)(?:\\[([0-9]+)])?");

    private final List<Question> all = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>();

    void add(Question question) {
        all.add(question);
    }

    /** Notes a path that is a setting, though nothing may be asked of it beside the others. */
    void know(String path) {
        known.add(path);
    }

    List<Question> all() {
        return List.copyOf(all);
    }

    /** The paths of all settings that were looked for. */
    Set<String> known() {
        return known;
    }

    /** The answers that count, as the tree of a file that says all of them; what is secret is masked. */
    ObjectNode effective() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        for (Question question : all) {
            boolean holds = !(question.kind() instanceof Kind.Mapping || question.kind() instanceof Kind.Mappings);
            if (holds) {
                question.answer().ifPresent(answer -> put(root, question, answer));
            }
        }
        return root;
    }

    private static void put(ObjectNode root, Question question, JsonNode answer) {
        int dot = question.path().lastIndexOf('.');
        ObjectNode place = root;
        Matcher segment = SEGMENT.matcher(question.path().substring(0, Math.max(0, dot)));
        while (segment.find()) {
            place = segment.group(2) == null
                    ? place.withObjectProperty(segment.group(1))
                    : entry(place.withArrayProperty(segment.group(1)), Integer.parseInt(segment.group(2)));
        }
        boolean free = question.kind() instanceof Kind.Free;
        place.set(question.path().substring(dot + 1), free ? Secrets.masked(answer) : answer);
    }

    private static ObjectNode entry(ArrayNode list, int index) {
        while (list.size() <= index) {
            list.addObject();
        }
        return (ObjectNode) list.get(index);
    }
}
