package io.tributary.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** The settings of a pipeline in YAML; docs/configuration.md explains each key. */
public final class SettingsFile {
    private static final ObjectReader YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);
    private static final ObjectWriter WRITER = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build()
            .writer();

    private SettingsFile() {}

    /**
     * Reads a file, for a plan.
     *
     * @param sets single settings that count instead of the file's, as {@code PATH=VALUE}
     * @throws SettingsException with everything that is wrong with it
     */
    public static PipelineSettings read(Path file, List<String> sets) throws SettingsException {
        return plan(Reading.of(text(file), sets));
    }

    /**
     * Reads a file, for a plan.
     *
     * @throws SettingsException with everything that is wrong with it
     */
    public static PipelineSettings read(Path file) throws SettingsException {
        return read(file, List.of());
    }

    /**
     * Reads the text of a file, for a plan.
     *
     * @throws SettingsException with everything that is wrong with it
     */
    public static PipelineSettings parse(String yaml) throws SettingsException {
        return plan(Reading.of(yaml, List.of()));
    }

    private static PipelineSettings plan(Reading reading) throws SettingsException {
        return reading.orProblems(
                reading.reader(Purpose.PLAN, JobDefaults.none()).plan());
    }

    /**
     * Reads a file and the vocabularies that it names, for a job.
     *
     * @param sets single settings that count instead of the file's, as {@code PATH=VALUE}
     * @throws SettingsException with everything that is wrong with it
     */
    public static JobSettings readJob(Path file, List<String> sets, JobDefaults defaults) throws SettingsException {
        Path parent = file.toAbsolutePath().getParent();
        return parseJob(text(file), sets, parent == null ? Path.of("/") : parent, defaults);
    }

    /**
     * Reads the text of a file and the vocabularies that it names, for a job.
     *
     * @param folder from which the paths of vocabularies lead
     * @throws SettingsException with everything that is wrong with it
     */
    public static JobSettings parseJob(String yaml, Path folder, JobDefaults defaults) throws SettingsException {
        return parseJob(yaml, List.of(), folder, defaults);
    }

    /**
     * Reads the text of a file and the vocabularies that it names, for a job.
     *
     * @param sets single settings that count instead of the text's, as {@code PATH=VALUE}
     * @param folder from which the paths of vocabularies lead
     * @throws SettingsException with everything that is wrong with it
     */
    public static JobSettings parseJob(String yaml, List<String> sets, Path folder, JobDefaults defaults)
            throws SettingsException {
        Reading reading = Reading.of(yaml, sets);
        return reading.orProblems(reading.reader(Purpose.JOB, defaults).job(folder));
    }

    /**
     * The settings of a plan with everything that the file leaves out filled in, as YAML.
     *
     * @throws SettingsException with everything that is wrong with the file
     */
    public static String effectivePlan(Path file, List<String> sets) throws SettingsException {
        Reading reading = Reading.of(text(file), sets);
        plan(reading);
        return yaml(reading.questions().effective());
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

    /** A value as YAML writes it. */
    static JsonNode value(String yaml) throws SettingsException {
        try {
            JsonNode value = YAML.readTree(yaml);
            return value.isMissingNode() ? NullNode.instance : value;
        } catch (JsonProcessingException e) {
            throw new SettingsException(List.of("'%s' is not YAML: %s".formatted(yaml, e.getOriginalMessage())));
        }
    }

    /** A tree as YAML writes it. */
    static String yaml(JsonNode tree) {
        try {
            return WRITER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("No tree of settings: " + tree, e);
        }
    }

    static ObjectNode tree(String yaml) throws SettingsException {
        JsonNode tree;
        try {
            tree = YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new SettingsException(List.of(syntax(e)));
        }
        if (!(tree instanceof ObjectNode mapping)) {
            throw new SettingsException(
                    List.of("the file is not a mapping of keys to values, such as 'variant: spec'"));
        }
        return mapping;
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
