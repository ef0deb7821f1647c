package io.tributary.corpus;

import io.tributary.job.JobTopics;
import io.tributary.kafka.ControlTopic;
import io.tributary.kafka.CorpusDeserializer;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The topics of a demo or a drill. Each has one partition, so that the order of a source's documents is kept. */
public final class Topics {
    /** Bytes of the largest message: a dead letter carries the whole of a bad record. */
    public static final int MAX_MESSAGE_BYTES = 64 << 20;

    private Topics() {}

    /** The topic of a source, unless the settings of a job choose another prefix. */
    public static String corpus(String source) {
        return CorpusDeserializer.DEFAULT_PREFIX + source;
    }

    /**
     * Makes the topics of these sources and those of the job, and waits until they can be written.
     *
     * @throws IOException if Kafka refuses, or a topic is there already
     */
    public static void create(String bootstrapServers, List<String> sources) throws IOException, InterruptedException {
        Map<String, String> settings = Map.of(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(MAX_MESSAGE_BYTES),
                // Whoever starts the broker removes its data.
                TopicConfig.RETENTION_MS_CONFIG,
                "-1");
        List<String> names =
                new ArrayList<>(sources.stream().map(Topics::corpus).toList());
        names.addAll(List.of(ReportSink.TOPIC, ReportSink.SAMPLES, DeadLetterSink.TOPIC, ControlTopic.NAME));
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, 1, (short) 1).configs(settings))
                            .toList())
                    .all()
                    .get();
            JobTopics.awaitLeaders(admin, names);
        } catch (ExecutionException e) {
            throw new IOException("Kafka did not create the topics " + names + ": " + e.getCause(), e);
        }
    }
}
