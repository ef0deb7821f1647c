package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorpusSourceTest {
    @ParameterizedTest
    @ValueSource(strings = {"corpus.arxiv", "corpus.a", "corpus.a.b", "corpus.tributary.x"})
    void topicsOfSourcesMatch(String topic) {
        assertThat(topic).matches(CorpusSource.topics("corpus."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"corpus.", "corpusXarxiv", "my.corpus.arxiv", DeadLetterSink.TOPIC, ReportSink.TOPIC})
    void otherTopicsDoNotMatch(String topic) {
        assertThat(topic).doesNotMatch(CorpusSource.topics("corpus."));
    }

    @Test
    void noPrefixReachesTheOwnOutputOrKafkasTopics() {
        assertThat(DeadLetterSink.TOPIC).doesNotMatch(CorpusSource.topics("t"));
        assertThat("t-news").matches(CorpusSource.topics("t"));
        assertThat("__consumer_offsets").doesNotMatch(CorpusSource.topics("_"));
        assertThatThrownBy(() -> CorpusSource.topics("tributary.dead")).hasMessageContaining("job's own output");
        assertThatThrownBy(() -> CorpusSource.topics("")).hasMessageContaining("blank");
    }

    @Test
    void fetchesHaveRoomForTheLargestDocument() {
        Properties small = source(Map.of()).properties(1000);
        Properties large = source(Map.of()).properties(8 << 20);
        Properties huge = source(Map.of()).properties(100 << 20);

        assertThat(small).containsEntry("max.partition.fetch.bytes", "1048576");
        assertThat(large)
                .containsEntry("max.partition.fetch.bytes", String.valueOf((8 << 20) + (64 << 10)))
                .containsEntry("fetch.max.bytes", String.valueOf(50 << 20));
        assertThat(huge).containsEntry("fetch.max.bytes", String.valueOf((100 << 20) + (64 << 10)));
    }

    @Test
    void propertiesOfTheUserWin() {
        assertThat(source(Map.of("isolation.level", "read_uncommitted", "sasl.mechanism", "PLAIN"))
                        .properties(1000))
                .containsEntry("isolation.level", "read_uncommitted")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("partition.discovery.interval.ms", "10000");
    }

    @Test
    void settingsCheckThemselves() {
        assertThatThrownBy(
                        () -> new CorpusSource(" ", "g", CorpusSource.Start.EARLIEST, Duration.ofSeconds(1), Map.of()))
                .hasMessageContaining("bootstrap servers");
        assertThatThrownBy(() -> new CorpusSource("a:1", "g", CorpusSource.Start.EARLIEST, Duration.ZERO, Map.of()))
                .hasMessageContaining("must be positive");
    }

    private static CorpusSource source(Map<String, String> properties) {
        return new CorpusSource(
                "127.0.0.1:1", "tributary", CorpusSource.Start.COMMITTED, Duration.ofSeconds(10), properties);
    }
}
