package io.tributary.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** The settings of a pipeline in YAML; docs/examples/pipeline.yaml explains each key. */
public final class SettingsFile {
    private static final ObjectReader YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private SettingsFile() {}

    /**
     * Reads a file, for a plan.
     *
     * @throws SettingsException with everything that is wrong with it
     */
    public static PipelineSettings read(Path file) throws SettingsException {
        return parse(text(file));
    }

    /**
     * Reads the text of a file, for a plan.
     *
     * @throws SettingsException with everything that is wrong with it
     */
    public static PipelineSettings parse(String yaml) throws SettingsException {
        List<String> problems = new ArrayList<>();
        var settings = new SettingsReader(tree(yaml), problems, Purpose.PLAN, JobDefaults.none()).plan();
        return orProblems(settings, problems);
    }

    /**
     * Reads a file and the vocabularies that it names, for a job.
     *
     * @throws SettingsException with everything that is wrong with it
     */
    public static JobSettings readJob(Path file, JobDefaults defaults) throws SettingsException {
        Path parent = file.toAbsolutePath().getParent();
        return parseJob(text(file), parent == null ? Path.of("/") : parent, defaults);
    }

    /**
     * Reads the text of a file and the vocabularies that it names, for a job.
     *
     * @param folder from which the paths of vocabularies lead
     * @throws SettingsException with everything that is wrong with it
     */
    public static JobSettings parseJob(String yaml, Path folder, JobDefaults defaults) throws SettingsException {
        List<String> problems = new ArrayList<>();
        var settings = new SettingsReader(tree(yaml), problems, Purpose.JOB, defaults).job(folder);
        return orProblems(settings, problems);
    }

    /**
     * The text of a file.
     *
     * @throws SettingsException if it cannot be read
     */
    public static String text(Path file) throws SettingsException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new SettingsException(List.of("the file is not UTF-8"));
        } catch (IOException e) {
            throw new SettingsException(List.of("the file cannot be read: " + e));
        }
    }

    private static <T> T orProblems(Optional<T> settings, List<String> problems) throws SettingsException {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings.orElseThrow();
    }

    private static JsonNode tree(String yaml) throws SettingsException {
        JsonNode tree;
        try {
            tree = YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new SettingsException(List.of(syntax(e)));
        }
        if (!tree.isObject()) {
            throw new SettingsException(
                    List.of("the file is not a mapping of keys to values, such as 'variant: spec'"));
        }
        return tree;
    }

    private static String syntax(JsonProcessingException failure) {
        // What the YAML parser says knows the place better: Jackson's is that of the token before.
        if (failure.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            Mark place = marked.getProblemMark();
            return syntax(place.getLine() + 1, place.getColumn() + 1, marked.getProblem());
        }
        JsonLocation place = failure.getLocation();
        return syntax(
                place == null ? 0 : place.getLineNr(),
                place == null ? 0 : place.getColumnNr(),
                failure.getOriginalMessage());
    }

    private static String syntax(int line, int column, String what) {
        return "line %d, column %d: not YAML: %s".formatted(line, column, what);
    }
}
