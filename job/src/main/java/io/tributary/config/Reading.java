package io.tributary.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One reading of one file, with what was set beside it.
 *
 * @param tree in which the options {@code --set} have taken effect
 * @param options by the path that each has set
 */
record Reading(ObjectNode tree, Map<String, SetOption> options, List<String> problems, Questions questions) {
    /** @throws SettingsException if the text is not YAML, or with all options that cannot take effect */
    static Reading of(String yaml, List<String> sets) throws SettingsException {
        ObjectNode tree = SettingsFile.tree(yaml);
        Map<String, SetOption> options = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String text : sets) {
            try {
                SetOption option = SetOption.of(text);
                options.put(option.apply(tree), option);
            } catch (SettingsException e) {
                problems.addAll(e.problems());
            }
        }
        // What the file would say without them is not what was meant.
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return new Reading(tree, options, new ArrayList<>(), new Questions());
    }

    SettingsReader reader(Purpose purpose, JobDefaults defaults) {
        return new SettingsReader(tree, problems, questions, purpose, defaults);
    }

    /** What was read; the problems if there are any, with the options that they came from. */
    <T> T orProblems(Optional<T> settings) throws SettingsException {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems.stream().map(this::withOption).toList());
        }
        return settings.orElseThrow();
    }

    private String withOption(String problem) {
        for (Map.Entry<String, SetOption> option : options.entrySet()) {
            String path = option.getKey();
            if (problem.startsWith(path + ": ")) {
                return SetOption.NAME + option.getValue().path() + problem.substring(path.length());
            }
            if (problem.startsWith(path + ".") || problem.startsWith(path + "[")) {
                return SetOption.NAME + option.getValue().path() + ": " + problem;
            }
        }
        return problem;
    }
}
