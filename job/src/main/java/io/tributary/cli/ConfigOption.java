package io.tributary.cli;

import io.tributary.config.JobDefaults;
import io.tributary.config.SettingsException;
import io.tributary.session.KeptSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Checks the settings file of a job that is to be started. */
final class ConfigOption {
    private ConfigOption() {}

    /** Everything that is wrong with a file, each in a sentence. */
    static List<String> problems(Path file, SetOptions sets, ClusterOptions cluster) {
        JobDefaults defaults;
        try {
            defaults = cluster.defaults();
        } catch (IOException e) {
            // Without a cluster the command fails anyway, and says so.
            return List.of();
        }
        try {
            var unused = KeptSettings.Text.of(file).with(sets.sets).parse(defaults);
            return List.of();
        } catch (SettingsException e) {
            return e.problems(file);
        }
    }
}
