package io.tributary.config;

import java.nio.file.Path;
import java.util.List;

/** A settings file cannot be used: everything that is wrong with it, at once. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    /** @param problems at least one, each in a line that begins with the path of the setting */
    public SettingsException(List<String> problems) {
        super("The settings cannot be used:" + System.lineSeparator() + String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, each in a line that begins with the path of the setting, as in {@code model.width}. */
    public List<String> problems() {
        return problems;
    }

    /** What is wrong, each with its place: the file, or the option {@code --set} that it came from. */
    public List<String> problems(Path file) {
        return problems.stream()
                .map(problem -> problem.startsWith(SetOption.NAME) ? problem : file + ": " + problem)
                .toList();
    }
}
