package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tributary.config.Question.Kind;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out from the readers what settings there are. It has them read a file with nothing in it, and then files in
 * which one more question is answered: a choice in each way, a list with one entry, a number with the largest there is. So
 * it comes to the questions that are asked beside certain answers alone. What readers ask is then all that is known of
 * settings; nothing has to be declared a second time.
 */
final class Tour {
    /** Stands for what the place that a job is started from knows. */
    private static final JobDefaults CLUSTER =
            new JobDefaults(Optional.of("that of the cluster"), Optional.of("/its folder"));

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * A file, made from another with one more answer.
     *
     * @param before what was asked without it
     * @param answer if it is one of a choice
     * @param context the last such answer; beside each of them all others are tried anew
     */
    private record Stop(ObjectNode file, Set<String> before, Optional<Beside> answer, String context) {}

    /** An answer beside which another question is asked, or is not asked any more. */
    record Beside(String path, String word) {}

    private Tour() {}

    /** All settings by the pattern of their paths, in the order in which they are first asked for. */
    static Map<String, Setting> settings() {
        Tour tour = new Tour();
        for (Purpose purpose : Purpose.values()) {
            tour.walk(purpose);
        }
        tour.known.removeAll(tour.settings.keySet());
        if (!tour.known.isEmpty()) {
            throw new IllegalStateException("Nothing was asked of " + tour.known + ", whatever the other answers");
        }
        return tour.settings;
    }

    private void walk(Purpose purpose) {
        Deque<Stop> stops = new ArrayDeque<>();
        Set<String> tried = new HashSet<>();
        stops.add(new Stop(JsonNodeFactory.instance.objectNode(), Set.of(), Optional.empty(), ""));
        while (!stops.isEmpty()) {
            Stop stop = stops.remove();
            Questions questions = new Questions();
            // What is wrong with such a file does not matter: a reader asks on.
            new SettingsReader(stop.file(), new ArrayList<>(), questions, purpose, CLUSTER).job(Path.of("/"));
            Set<String> asked = new LinkedHashSet<>();
            for (Question question : questions.all()) {
                asked.add(question.pattern());
                settings.computeIfAbsent(question.pattern(), Setting::new).add(purpose, question);
                if (stop.before().isEmpty()) {
                    settings.get(question.pattern()).alwaysFor(purpose);
                }
                for (JsonNode answer : answers(question.kind())) {
                    String about = question.kind() instanceof Kind.Choice ? "" : stop.context();
                    if (tried.add(about + question.path() + "=" + answer)) {
                        Optional<Beside> beside = question.kind() instanceof Kind.Choice
                                ? Optional.of(new Beside(question.pattern(), answer.asText()))
                                : Optional.empty();
                        stops.add(next(stop, question.path(), answer, beside, asked));
                    }
                }
            }
            for (String path : questions.known()) {
                known.add(Question.pattern(path));
                // Some questions are asked only where there is something.
                JsonNode something = JsonNodeFactory.instance.objectNode();
                if (!asked.contains(Question.pattern(path)) && tried.add(stop.context() + path + "=" + something)) {
                    stops.add(next(stop, path, something, Optional.empty(), asked));
                }
            }
            stop.answer().ifPresent(answer -> compare(stop.before(), asked, answer));
        }
    }

    /** @param asked of the stop, which is filled up while its questions are looked at */
    private static Stop next(Stop stop, String path, JsonNode answer, Optional<Beside> beside, Set<String> asked) {
        ObjectNode file = stop.file().deepCopy();
        try {
            SetOption.at(path, answer).apply(file);
        } catch (SettingsException e) {
            throw new IllegalStateException("A reader asked for a path that cannot be set", e);
        }
        String context = beside.map(Beside::toString).orElse(stop.context());
        return new Stop(file, asked, beside, context);
    }

    private void compare(Set<String> before, Set<String> after, Beside answer) {
        for (Map.Entry<String, Setting> setting : settings.entrySet()) {
            boolean was = before.contains(setting.getKey());
            boolean is = after.contains(setting.getKey());
            if (is && !was) {
                setting.getValue().onlyBeside(answer);
            } else if (was && !is) {
                setting.getValue().notBeside(answer);
            }
        }
    }

    private static List<JsonNode> answers(Kind kind) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        if (kind instanceof Kind.Choice choice) {
            return choice.words().stream().map(Tour::word).toList();
        } else if (kind instanceof Kind.Whole whole) {
            return List.of(LongNode.valueOf(whole.most()));
        } else if (kind instanceof Kind.Text) {
            return List.of(TextNode.valueOf("other"));
        } else if (kind instanceof Kind.Mapping) {
            return List.of(make.objectNode());
        } else if (kind instanceof Kind.Mappings) {
            return List.of(make.arrayNode().add(make.objectNode()));
        }
        return List.of();
    }

    /** A word as a file has it, where true and false are no texts. */
    static JsonNode word(String word) {
        return word.equals("true") || word.equals("false")
                ? BooleanNode.valueOf(Boolean.parseBoolean(word))
                : TextNode.valueOf(word);
    }
}
