package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.config.Question.Kind;
import io.tributary.config.Tour.Beside;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One setting, as far as it shows from all that readers have asked of it. */
final class Setting {
    private final String path;
    private final Set<JsonNode> defaults = new LinkedHashSet<>();
    private final Set<Purpose> neededFor = EnumSet.noneOf(Purpose.class);
    private final Set<Purpose> optionalFor = EnumSet.noneOf(Purpose.class);
    private final Set<Purpose> alwaysFor = EnumSet.noneOf(Purpose.class);
    private final Set<Beside> onlyBeside = new LinkedHashSet<>();
    private final Set<Beside> notBeside = new LinkedHashSet<>();
    private @Nullable Kind kind;

    Setting(String path) {
        this.path = path;
    }

    void add(Purpose purpose, Question question) {
        kind = kind == null ? question.kind() : wider(kind, question.kind());
        (question.needed() ? neededFor : optionalFor).add(purpose);
        if (!question.needed() && !question.given()) {
            question.answer().ifPresent(defaults::add);
        }
    }

    private Kind wider(Kind one, Kind other) {
        if (one instanceof Kind.Whole a && other instanceof Kind.Whole b) {
            return new Kind.Whole(Math.min(a.least(), b.least()), Math.max(a.most(), b.most()));
        }
        if (!one.equals(other)) {
            throw new IllegalStateException(path + " is once " + one + " and once " + other);
        }
        return one;
    }

    void alwaysFor(Purpose purpose) {
        alwaysFor.add(purpose);
    }

    void onlyBeside(Beside answer) {
        onlyBeside.add(answer);
    }

    void notBeside(Beside answer) {
        notBeside.add(answer);
    }

    String path() {
        return path;
    }

    /** The last part of the path. */
    String key() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The path of the section that it is in; of an entry of a list it ends in {@code []}. */
    String section() {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    /** What may be answered; where that depends on other answers, the widest of it. */
    Kind kind() {
        return Objects.requireNonNull(kind);
    }

    /** Whether it may never be left out where it is asked for. */
    boolean needed() {
        return optionalFor.isEmpty();
    }

    boolean neededFor(Purpose purpose) {
        return neededFor.contains(purpose) && !optionalFor.contains(purpose);
    }

    /** Whether it is asked for whatever the file is read for, and whatever is in it. */
    boolean always() {
        return alwaysFor.size() == Purpose.values().length;
    }

    /** The one default; none where it is another beside other answers, or where nothing counts if nothing is said. */
    Optional<JsonNode> standard() {
        return defaults.size() == 1 ? defaults.stream().findFirst() : Optional.empty();
    }

    /** Answers to other questions: it is asked for beside one of them, and otherwise not. */
    Set<Beside> onlyBeside() {
        return onlyBeside;
    }

    /** Answers to other questions beside which it is not asked for. */
    Set<Beside> notBeside() {
        return notBeside;
    }
}
