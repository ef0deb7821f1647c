package io.tributary.corpus;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.KafkaRefusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of sources: makes them, and tells what is in them. */
public final class SourceTopics implements AutoCloseable {
    private static final int REQUEST_TIMEOUT_MS = 5_000;
    private static final int ANSWER_TIMEOUT_MS = 15_000;
    /** Room for key, headers and framing of a record beside its document. */
    private static final int FRAMING_BYTES = 64 << 10;

    private final String servers;
    private final String prefix;
    private final Admin admin;

    /**
     * A topic that is there.
     *
     * @param records that it holds now
     */
    public record Topic(String source, String name, int partitions, int replication, long records) {}

    /**
     * Connects.
     *
     * @param kafka properties of a client, with the bootstrap servers
     * @param prefix of the topics; what follows it names the source
     * @throws IOException if the properties cannot be used
     */
    public SourceTopics(Map<String, String> kafka, String prefix) throws IOException {
        this.prefix = prefix;
        this.servers = String.valueOf(kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
        Map<String, Object> settings = new HashMap<>();
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_TIMEOUT_MS);
        settings.putAll(kafka);
        try {
            admin = Admin.create(settings);
        } catch (KafkaException e) {
            throw refused(e);
        }
    }

    /** Kafka's own name of the cluster, which no other has. */
    public String cluster() throws IOException, InterruptedException {
        try {
            return admin.describeCluster().clusterId().get();
        } catch (ExecutionException e) {
            throw refused(e);
        }
    }

    /**
     * Looks whether a source has its topic.
     *
     * @throws IOException if it has none, or Kafka does not let it be seen
     */
    public void check(String source) throws IOException, InterruptedException {
        String name = prefix + source;
        try {
            admin.describeTopics(List.of(name)).allTopicNames().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new Failure(
                        ErrorCode.TOPIC_MISSING,
                        "The Kafka at %s has no topic %s: make it with ./tributary topics create --source %s"
                                .formatted(servers, name, source),
                        e);
            }
            throw refused(e, name);
        }
    }

    /** The longest record that the topic of a source takes; unbounded where Kafka does not tell. */
    public int maxRecordBytes(String source) throws InterruptedException {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, prefix + source);
        try {
            return admin.describeConfigs(List.of(topic)).all().get().values().stream()
                    .flatMap(config -> Optional.ofNullable(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)).stream())
                    .mapToInt(entry -> Integer.parseInt(entry.value()))
                    .findFirst()
                    .orElse(Integer.MAX_VALUE);
        } catch (ExecutionException e) {
            // Whoever may write need not be allowed to see settings.
            return Integer.MAX_VALUE;
        }
    }

    /**
     * Makes the topic of a source, for documents up to a size.
     *
     * @param replication copies of each partition; as many as the broker chooses by itself where it is empty
     * @return whether it was made; false if it is there already
     * @throws IOException if Kafka refuses
     */
    public boolean create(String source, int partitions, Optional<Short> replication, int maxDocumentBytes)
            throws IOException, InterruptedException {
        NewTopic topic = new NewTopic(prefix + source, Optional.of(partitions), replication)
                .configs(Map.of(
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        String.valueOf(Math.addExact(maxDocumentBytes, FRAMING_BYTES))));
        try {
            admin.createTopics(List.of(topic)).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw refused(e, topic.name());
        }
    }

    /** All topics of sources that this user may see, by name. */
    public List<Topic> list() throws IOException, InterruptedException {
        try {
            List<String> names = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix) && name.length() > prefix.length())
                    .toList();
            Map<String, TopicDescription> found =
                    new TreeMap<>(admin.describeTopics(names).allTopicNames().get());
            List<Topic> topics = new ArrayList<>();
            for (TopicDescription topic : found.values()) {
                topics.add(new Topic(
                        topic.name().substring(prefix.length()),
                        topic.name(),
                        topic.partitions().size(),
                        topic.partitions().get(0).replicas().size(),
                        records(topic)));
            }
            return topics;
        } catch (ExecutionException e) {
            throw refused(e);
        }
    }

    private long records(TopicDescription topic) throws ExecutionException, InterruptedException {
        return offsets(topic, OffsetSpec.latest()) - offsets(topic, OffsetSpec.earliest());
    }

    private long offsets(TopicDescription topic, OffsetSpec which) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        topic.partitions().forEach(each -> asked.put(new TopicPartition(topic.name(), each.partition()), which));
        return admin.listOffsets(asked).all().get().values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    /** Kafka's answer to an admin does not name the topic. */
    private IOException refused(ExecutionException failure, String topic) {
        return failure.getCause() instanceof TopicAuthorizationException
                ? refused(new TopicAuthorizationException(Set.of(topic)))
                : refused(failure);
    }

    private IOException refused(Exception failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return KafkaRefusal.of(
                failure, servers, "The Kafka at %s does not do what it is asked: %s".formatted(servers, cause));
    }

    @Override
    public void close() {
        admin.close();
    }
}
