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
 */
public record JobSettings(
        String name,
        PipelineConfig pipeline,
        Map<String, String> kafka,
        Map<String, String> flink,
        OptionalInt subtasks) {
    public JobSettings {
        kafka = Map.copyOf(kafka);
        flink = Map.copyOf(flink);
    }
}
