package io.tributary.job;

import io.tributary.config.JobSettings;
import io.tributary.kafka.ControlTopic;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.KafkaRefusal;
import io.tributary.kafka.ReportSink;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics that a job writes, and is told through. Each has one partition, so that its order is kept. */
public final class JobTopics {
    private static final int REQUEST_TIMEOUT_MS = 5_000;
    private static final int ANSWER_TIMEOUT_MS = 15_000;
    private static final int ATTEMPTS = 100;
    private static final long ATTEMPT_MS = 100;

    private JobTopics() {}

    /**
     * Makes those topics of a job that are missing, with as many copies as the broker gives each by itself, and waits
     * until they can be written. Looks whether the job may read and write what it has to.
     *
     * @throws IOException if Kafka does not answer, or refuses
     */
    public static void create(JobSettings settings) throws IOException, InterruptedException {
        List<NewTopic> topics = List.of(
                topic(ReportSink.TOPIC, Map.of()),
                topic(ReportSink.SAMPLES, Map.of()),
                topic(ControlTopic.NAME, Map.of()),
                topic(
                        DeadLetterSink.TOPIC,
                        Map.of(
                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                String.valueOf(settings.pipeline().deadLetters().maxRecordBytes()))));
        Map<String, Object> client = new HashMap<>();
        client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_TIMEOUT_MS);
        client.putAll(settings.kafka());
        try (Admin admin = Admin.create(client)) {
            // Whoever may not make topics can have them made before.
            Set<String> there = admin.listTopics().names().get();
            createAll(
                    admin,
                    topics.stream()
                            .filter(topic -> !there.contains(topic.name()))
                            .toList());
            KafkaAccess.check(admin, settings);
        } catch (ExecutionException | KafkaException e) {
            throw failure(e, String.valueOf(client.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)));
        }
    }

    private static IOException failure(Exception failure, String servers) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return KafkaRefusal.of(
                failure,
                servers,
                "The topics of the job could not be made in the Kafka at %s (kafka.bootstrapServers): %s"
                        .formatted(servers, cause));
    }

    private static NewTopic topic(String name, Map<String, String> settings) {
        return new NewTopic(name, Optional.of(1), Optional.empty()).configs(settings);
    }

    private static void createAll(Admin admin, List<NewTopic> topics) throws ExecutionException, InterruptedException {
        for (var made : admin.createTopics(topics).values().values()) {
            try {
                made.get();
            } catch (ExecutionException e) {
                // Another job has made it in this moment.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        awaitLeaders(admin, topics.stream().map(NewTopic::name).toList());
    }

    /**
     * Waits until topics of one partition can be written. A topic exists once the controller knows it, but only its
     * leader can be asked for offsets, and for a moment the broker may know of neither. A producer that writes before
     * has its first batch refused and those behind it taken for out of order, again and again until its delivery times
     * out after two minutes.
     */
    public static void awaitLeaders(Admin admin, Collection<String> names)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> partitions = names.stream()
                .collect(Collectors.toMap(name -> new TopicPartition(name, 0), name -> OffsetSpec.latest()));
        for (int attempt = 1; ; attempt++) {
            try {
                admin.listOffsets(partitions).all().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(ATTEMPT_MS);
            }
        }
    }
}
