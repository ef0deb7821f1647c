package io.tributary.cli;

import io.tributary.record.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the job of a demo is to do.
 *
 * @param bootstrapServers of Kafka, as host:port
 * @param sources names of the sources, in the order that fixes their keys
 * @param rounds after which the job is finished
 * @param steps local steps of each source in a round
 * @param parallelism subtasks of each operator
 * @param seed of everything that is drawn at random
 * @param out the run's folder
 * @param webPort of Flink's web interface, or 0 for any free one
 * @param variant how the sources learn from each other
 * @param prompts that models write on while they are trained, by source
 * @param vocabularies SentencePiece models of the sources that have one given
 * @param vocabulary the SentencePiece model of all sources, if it is given
 */
record DemoPlan(
        String bootstrapServers,
        List<String> sources,
        int rounds,
        int steps,
        int parallelism,
        long seed,
        Path out,
        int webPort,
        Variant variant,
        Map<String, List<String>> prompts,
        Map<String, byte[]> vocabularies,
        Optional<byte[]> vocabulary) {
    DemoPlan {
        sources = List.copyOf(sources);
        prompts = Map.copyOf(prompts);
        vocabularies = Map.copyOf(vocabularies);
    }

    /** Where the job writes what users load. */
    Path snapshots() {
        return out.resolve("snapshots");
    }
}
