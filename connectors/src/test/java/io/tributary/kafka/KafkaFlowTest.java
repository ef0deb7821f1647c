package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.DeadLetter;
import io.tributary.record.DeadLetterFormat;
import io.tributary.record.Document;
import io.tributary.record.Ingested;
import io.tributary.record.WireType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Bad records among good ones, through a real broker and a real job. */
@Timeout(180)
class KafkaFlowTest {
    private static final String TOPIC = "corpus.news";
    private static final int MAX_DOCUMENT_BYTES = 500_000;
    private static final int MAX_DEAD_LETTER_BYTES = 200_000;

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
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
    void goodRecordsBecomeDocumentsAndEachBadOneADeadLetter() throws Exception {
        byte[] tooLarge = "z".repeat(MAX_DOCUMENT_BYTES + 1).getBytes(StandardCharsets.UTF_8);
        List<byte @Nullable []> values = new ArrayList<>();
        values.add(json("first"));
        values.add(null);
        values.add(new byte[0]);
        values.add(new byte[] {'a', -1});
        values.add("[1]".getBytes(StandardCharsets.UTF_8));
        values.add(json("second"));
        values.add(json(" "));
        values.add(tooLarge);
        values.add(json("third"));
        createTopics();
        produce(values);

        List<String> texts = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> letters;
        StreamExecutionEnvironment env = environment();
        CloseableIterator<Ingested> documents = flow(env).collectAsync();
        JobClient job = env.executeAsync("bad input");
        try {
            while (texts.size() < 3) {
                texts.add(((Document) documents.next()).text());
            }
            letters = readDeadLetters(6);
        } finally {
            job.cancel().get();
            documents.close();
        }

        assertThat(texts).containsExactly("first", "second", "third");
        assertThat(letters)
                .extracting(letter -> header(letter, "offset"))
                .containsExactly("1", "2", "3", "4", "6", "7");
        assertThat(letters).extracting(letter -> header(letter, "stage")).containsOnly("decode");
        assertThat(letters).extracting(letter -> header(letter, "topic")).containsOnly(TOPIC);
        assertThat(header(letters.get(2), "reason")).contains("not UTF-8: at byte 1");
        for (ConsumerRecord<byte[], byte[]> letter : letters.subList(0, 5)) {
            byte[] original = values.get(Integer.parseInt(header(letter, "offset")));
            assertThat(letter.value()).isEqualTo(original);
            assertThat(letter.headers().lastHeader("truncated")).isNull();
        }
        ConsumerRecord<byte[], byte[]> cut = letters.get(5);
        assertThat(header(cut, "truncated")).isEqualTo(String.valueOf(tooLarge.length));
        // The topic takes no byte more, so the sum of the framing is right.
        assertThat(cut.value()).hasSizeBetween(MAX_DEAD_LETTER_BYTES - 1000, MAX_DEAD_LETTER_BYTES);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        env.enableCheckpointing(500);
        return env;
    }

    private static DataStream<Ingested> flow(StreamExecutionEnvironment env) {
        CorpusDeserializer deserializer = new CorpusDeserializer(
                "corpus.", Map.of(), false, Map.of("news", new ValueFormat.Json("text")), MAX_DOCUMENT_BYTES);
        CorpusSource source = new CorpusSource(
                broker.bootstrapServers(), "test", CorpusSource.Start.COMMITTED, Duration.ofSeconds(1), Map.of());
        DataStream<Ingested> ingested =
                env.fromSource(source.with(deserializer, "test"), WatermarkStrategy.noWatermarks(), "corpus");
        ingested.filter(DeadLetter.class::isInstance)
                .map(DeadLetter.class::cast)
                .returns(new WireType<>(new DeadLetterFormat()))
                .sinkTo(new DeadLetterSink(broker.bootstrapServers(), MAX_DEAD_LETTER_BYTES, Map.of()).sink());
        return ingested.filter(Document.class::isInstance);
    }

    private static void createTopics() throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(TOPIC, 1, (short) 1),
                            new NewTopic(DeadLetterSink.TOPIC, 1, (short) 1)
                                    .configs(Map.of("max.message.bytes", String.valueOf(MAX_DEAD_LETTER_BYTES)))))
                    .all()
                    .get();
        }
    }

    private static void produce(List<byte @Nullable []> values) throws Exception {
        Map<String, Object> properties = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>(TOPIC, value)).get();
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> readDeadLetters(int count) {
        Map<String, Object> properties = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG, "dead-letters",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // At least once: a repetition has the same offset.
        Map<Long, ConsumerRecord<byte[], byte[]>> byOffset = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(DeadLetterSink.TOPIC));
            while (byOffset.size() < count) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(record -> byOffset.put(Long.parseLong(header(record, "offset")), record));
            }
        }
        return List.copyOf(byOffset.values());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static byte[] json(String text) {
        return ("{\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
    }
}
