package io.tributary.job;

import io.tributary.config.PipelineConfig;
import io.tributary.flow.HoldOut;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.CorpusSource;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportJson;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.Merging;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.RoundReport;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** Small pipelines for tests: a tiny model, text made from a seed, a topic prefix of its own for each run. */
public final class Pipelines {
    static final ModelShape SHAPE = new ModelShape(1, 16, 2, 16);
    static final int LOCAL_STEPS = 3;
    static final HoldOut HOLD_OUT = new HoldOut(0.1, 8);

    private Pipelines() {}

    static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "s%02d".formatted(i)).toList();
    }

    static PipelineConfig config(String servers, String prefix, List<String> sources, int rounds, Path snapshots) {
        return config(servers, prefix, training(sources, rounds, Merging.averaging(Variant.SPEC, 1000)), snapshots);
    }

    /** Vocabularies are trained from the first text. */
    static TrainingSettings training(List<String> sources, int rounds, Merging merging) {
        return training(
                sources,
                merging,
                new RoundRules(LOCAL_STEPS, 120_000, rounds),
                new VocabularySettings(400, 4_000, 5_000, Map.of()));
    }

    static TrainingSettings training(
            List<String> sources, Merging merging, RoundRules rules, VocabularySettings vocabulary) {
        return new TrainingSettings(
                7,
                SHAPE,
                Precision.FP32,
                AdamW.defaults(),
                LearningRate.constant(1e-3, 2),
                4,
                rules,
                merging,
                vocabulary,
                HOLD_OUT,
                2,
                64 << 20,
                List.copyOf(
                        (merging.variant().mixture() ? SourceKeys.together(sources) : SourceKeys.of(sources)).values()),
                Map.of());
    }

    /** With a snapshot after each round, and another limit of queues. */
    static TrainingSettings everyRound(TrainingSettings s, long queueLimitBytes) {
        return new TrainingSettings(
                s.seed(),
                s.shape(),
                s.precision(),
                s.adamW(),
                s.learningRate(),
                s.batchRows(),
                s.rounds(),
                s.merging(),
                s.vocabulary(),
                s.holdOut(),
                1,
                queueLimitBytes,
                s.sources(),
                s.sequenceLengths());
    }

    static PipelineConfig config(String servers, String prefix, TrainingSettings training, Path snapshots) {
        return config(servers, prefix, training, snapshots.toUri().toString());
    }

    /** With the folder of snapshots as an address. */
    static PipelineConfig config(String servers, String prefix, TrainingSettings training, String snapshots) {
        return new PipelineConfig(
                new CorpusSource(
                        servers,
                        "tributary-test-" + UUID.randomUUID(),
                        CorpusSource.Start.EARLIEST,
                        Duration.ofSeconds(1),
                        Map.of()),
                prefix,
                Map.of(),
                1 << 20,
                training,
                snapshots,
                new DeadLetterSink(servers, DeadLetterSink.DEFAULT_MAX_RECORD_BYTES, Map.of()),
                new ReportSink(servers, Map.of()));
    }

    public static void createTopics(String servers, String prefix, List<String> sources) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            admin.createTopics(sources.stream()
                            .map(source -> new NewTopic(prefix + source, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            // Until the leader answers, a producer's first batch may be refused, and its later ones as out of order.
            Map<TopicPartition, OffsetSpec> partitions = sources.stream()
                    .collect(Collectors.toMap(
                            source -> new TopicPartition(prefix + source, 0), source -> OffsetSpec.latest()));
            Awaitility.await()
                    .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
                    .untilAsserted(() -> admin.listOffsets(partitions).all().get());
        }
    }

    /** Sends documents of random words; each source has words of its own. */
    static void feed(String servers, String prefix, String source, int documents) {
        feed(servers, prefix, source, documents(source, documents));
    }

    public static void feed(String servers, String prefix, String source, List<String> documents) {
        send(
                servers,
                documents.stream()
                        .map(text -> new ProducerRecord<byte[], byte[]>(
                                prefix + source, text.getBytes(StandardCharsets.UTF_8)))
                        .toList());
    }

    /** Documents of random words, of which each source has its own. */
    public static List<String> documents(String source, int count) {
        Random random = new Random(source.hashCode());
        List<String> words = IntStream.range(0, 60)
                .mapToObj(i -> Integer.toString(random.nextInt(36 * 36 * 36 * 36), 36))
                .toList();
        List<String> documents = new ArrayList<>();
        for (int d = 0; d < count; d++) {
            StringBuilder text = new StringBuilder("Document " + d + ":");
            for (int w = 0; w < 40; w++) {
                text.append(' ').append(words.get(random.nextInt(words.size())));
            }
            documents.add(text.toString());
        }
        return documents;
    }

    static void send(String servers, List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = producer(servers)) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                var unused = producer.send(record);
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String servers) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", (Object) servers), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** All reports in the topic of reports, in its order. */
    static List<RoundReport> reports(String servers) throws IOException {
        List<RoundReport> reports = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(servers, ReportSink.TOPIC)) {
            reports.add(ReportJson.read(record.value()));
        }
        return reports;
    }

    /** All that is in a topic of one partition. */
    static List<ConsumerRecord<byte[], byte[]>> records(String servers, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", (Object) servers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
