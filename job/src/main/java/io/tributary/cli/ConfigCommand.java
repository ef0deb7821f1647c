package io.tributary.cli;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tributary.config.SettingsDocs;
import io.tributary.config.SettingsException;
import io.tributary.config.SettingsFile;
import io.tributary.session.KeptSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a settings file comes to. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Check a settings file, and print all settings that it comes to: those that it leaves out have"
                + " their defaults, and secrets are masked.")
final class ConfigCommand implements Callable<Integer>, Checked {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private SetOptions sets = new SetOptions();

    @Option(names = "--config", paramLabel = "FILE", description = "The settings in YAML.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--plan",
            description = "Read it as ./tributary plan does; without this, as ./tributary submit does.")
    private boolean plan;

    @Option(names = "--schema", description = "Print the JSON Schema of settings files, for editors.")
    private boolean schema;

    @Option(
            names = "--write-docs",
            paramLabel = "FOLDER",
            description = "Write the reference page, the example and the schema into Tributary's folder docs.")
    private Optional<Path> docs = Optional.empty();

    @Mixin
    private Output output = new Output();

    private String effective = "";

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(cluster.problems());
        if (schema || docs.isPresent()) {
            return problems;
        }
        if (config.isEmpty()) {
            problems.add("--config is missing: name a settings file, as docs/examples/pipeline.yaml");
        } else if (problems.isEmpty()) {
            try {
                effective = effective(config.get());
            } catch (SettingsException e) {
                problems.addAll(e.problems(config.get()));
            }
        }
        return problems;
    }

    private String effective(Path file) throws SettingsException {
        return plan
                ? SettingsFile.effectivePlan(file, sets.sets)
                : KeptSettings.Text.of(file)
                        .with(sets.sets)
                        .parse(cluster.defaultsIfAny())
                        .effective();
    }

    @Override
    public Integer call() throws IOException {
        if (docs.isPresent()) {
            SettingsDocs.write(docs.get());
        }
        if (schema) {
            output.out().print(SettingsDocs.files().get(SettingsDocs.SCHEMA));
        } else {
            output.print(
                    new YAMLMapper().readTree(effective),
                    () -> effective.lines().toList());
        }
        return ExitCode.OK;
    }
}
