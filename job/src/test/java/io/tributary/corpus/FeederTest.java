package io.tributary.corpus;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeederTest {
    @TempDir
    Path folder;

    @Test
    void sendsEachSourceItsTextAgainAndAgainUpToItsBytes() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            List<Corpus> corpora = List.of(
                    new Corpus("one", List.of("aaaa", "bbbb", "cccc")), new Corpus("two", List.of("\u0434\u0434")));
            Topics.create(kafka.bootstrapServers(), List.of("one", "two"));
            try (Feeder feeder = new Feeder(kafka.bootstrapServers(), corpora, 16)) {
                feeder.await();
            }

            assertThat(documents(kafka, "one")).containsExactly("aaaa", "bbbb", "cccc", "aaaa");
            assertThat(documents(kafka, "two"))
                    .containsExactly("\u0434\u0434", "\u0434\u0434", "\u0434\u0434", "\u0434\u0434");
        }
    }

    private static List<String> documents(EmbeddedKafka kafka, String source) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.corpus(source), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
