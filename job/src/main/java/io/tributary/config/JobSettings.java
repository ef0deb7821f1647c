package io.tributary.config;

import java.util.Map;
import java.util.OptionalInt;

/**
 * What a settings file says, as far as a job needs it.
 *
 * @param name of the job, by which it is told from others on its cluster
 * @param pipeline with the vocabularies that the file names
 * @param kafka properties of any client of Kafka that does not read or write records, with the bootstrap servers
 * @param flink settings of Flink, by key
 * @param subtasks of each operator, unless {@code flink} or whoever starts the job says otherwise
 * @param effective all settings with everything that was left out filled in, as YAML, secrets masked
 */
public record JobSettings(
        String name,
        PipelineConfig pipeline,
        Map<String, String> kafka,
        Map<String, String> flink,
        OptionalInt subtasks,
        String effective) {
    public JobSettings {
        kafka = Map.copyOf(kafka);
        flink = Map.copyOf(flink);
    }
}
