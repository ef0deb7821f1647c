package io.tributary.job;

import io.tributary.config.JobSettings;
import io.tributary.config.PipelineConfig;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.ControlTopic;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.record.SourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Whether Kafka lets a job do what it has to. A topic that the job may not see is not there as far as Kafka tells the
 * source, so without being asked it would wait for that text for ever.
 */
final class KafkaAccess {
    private KafkaAccess() {}

    /**
     * Asks for all topics that are there, those of listed sources among them.
     *
     * @throws IOException with every right that is missing
     */
    static void check(Admin admin, JobSettings settings) throws ExecutionException, IOException, InterruptedException {
        Map<String, AclOperation> needed = needed(settings.pipeline());
        List<String> missing = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> answers = new TreeMap<>(
                admin.describeTopics(needed.keySet(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .topicNameValues());
        for (Map.Entry<String, KafkaFuture<TopicDescription>> answer : answers.entrySet()) {
            AclOperation operation = needed.getOrDefault(answer.getKey(), AclOperation.READ);
            if (!allows(answer.getValue(), operation)) {
                missing.add(operation + " on the topic " + answer.getKey());
            }
        }
        if (!missing.isEmpty()) {
            throw new Failure(
                    ErrorCode.KAFKA_RIGHTS,
                    "The user that kafka.properties names may not do in the Kafka at %s what the job has to: it needs %s. Give it these ACLs (docs/security.md)"
                            .formatted(settings.kafka().get("bootstrap.servers"), String.join(", ", missing)));
        }
    }

    private static Map<String, AclOperation> needed(PipelineConfig pipeline) {
        Map<String, AclOperation> needed = new TreeMap<>();
        for (SourceId source : pipeline.training().sources()) {
            needed.put(pipeline.topicPrefix() + source.name(), AclOperation.READ);
        }
        needed.put(ControlTopic.NAME, AclOperation.READ);
        needed.put(ReportSink.TOPIC, AclOperation.WRITE);
        if (!pipeline.training().samples().prompts().isEmpty()) {
            needed.put(ReportSink.SAMPLES, AclOperation.WRITE);
        }
        needed.put(DeadLetterSink.TOPIC, AclOperation.WRITE);
        return needed;
    }

    /** A topic that is not there yet may be made later, and a broker that does not tell rights has to be tried. */
    private static boolean allows(KafkaFuture<TopicDescription> topic, AclOperation operation)
            throws ExecutionException, InterruptedException {
        try {
            Set<AclOperation> authorized = topic.get().authorizedOperations();
            return authorized == null || authorized.isEmpty() || authorized.contains(operation);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicAuthorizationException) {
                return false;
            }
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return true;
            }
            throw e;
        }
    }
}
