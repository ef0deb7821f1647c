package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.flow.HandOver;
import io.tributary.record.Document;
import io.tributary.record.Downstream;
import io.tributary.record.Ingested;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sources that nobody wants more of, read by Flink's own Kafka reader from a real broker. */
@Timeout(180)
class PausedPartitionsTest {
    private static final String LOOP = "paused";
    private static final int DOCUMENTS = 5000;
    /** What a reader has under way when it hears of a pause: a few polls of 100. */
    private static final int UNDER_WAY = 1000;

    private static final Map<String, Integer> READ = new ConcurrentHashMap<>();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static TestBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(folder);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.stop();
    }

    @Test
    void partitionsThatComeWhileTheirSourceIsPausedAreNotReadUntilItIsHungry() throws Exception {
        try (Admin admin = broker.admin()) {
            create(admin, "corpus.other");
            JobClient job = start();
            try {
                awaitRead("other");
                say("late", false);
                awaitRead("other");

                create(admin, "corpus.late");
                produce("corpus.late", 0, DOCUMENTS);
                awaitStill("late", UNDER_WAY);

                admin.createPartitions(Map.of("corpus.late", NewPartitions.increaseTo(2)))
                        .all()
                        .get();
                produce("corpus.late", 1, DOCUMENTS);
                awaitStill("late", 2 * UNDER_WAY);

                say("late", true);
                while (read("late") < 2 * DOCUMENTS) {
                    Thread.sleep(20);
                }
            } finally {
                job.cancel().get();
            }
        }
        assertThat(read("late")).isEqualTo(2 * DOCUMENTS);
    }

    private static JobClient start() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(1);
        CorpusDeserializer deserializer = new CorpusDeserializer("corpus.", Map.of(), false, Map.of(), 1000);
        CorpusSource source = new CorpusSource(
                broker.bootstrapServers(), "test", CorpusSource.Start.EARLIEST, Duration.ofMillis(500), Map.of());
        env.fromSource(source.with(deserializer, LOOP), WatermarkStrategy.noWatermarks(), "corpus")
                .map(new Count())
                .sinkTo(new DiscardingSink<>());
        return env.executeAsync("paused partitions");
    }

    /** Something of the source has come, and then no more than this by the time that others have been read for a while. */
    private static void awaitStill(String source, int most) throws Exception {
        int before = read(source);
        while (read(source) == before) {
            Thread.sleep(20);
        }
        for (int i = 0; i < 5; i++) {
            awaitRead("other");
        }
        assertThat(read(source)).isLessThan(most);
    }

    private static void awaitRead(String source) throws Exception {
        int before = read(source);
        produce("corpus." + source, 0, 1);
        while (read(source) == before) {
            Thread.sleep(20);
        }
    }

    private static int read(String source) {
        return READ.getOrDefault(source, 0);
    }

    private static void say(String source, boolean hungry) {
        HandOver.find(new HandOver.Place(LOOP, HandOver.End.READER, 0))
                .orElseThrow()
                .accept(new Downstream.Pace(source, "train", hungry));
    }

    private static void create(Admin admin, String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    private static void produce(String topic, int partition, int documents) throws Exception {
        Map<String, Object> properties = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                false,
                ProducerConfig.METADATA_MAX_AGE_CONFIG,
                500);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < documents; i++) {
                var unused = producer.send(new ProducerRecord<>(
                        topic, partition, null, ("document " + i).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static final class Count implements MapFunction<Ingested, String> {
        private static final long serialVersionUID = 1;

        @Override
        public String map(Ingested document) {
            String source = ((Document) document).source().name();
            READ.merge(source, 1, Integer::sum);
            return source;
        }
    }
}
