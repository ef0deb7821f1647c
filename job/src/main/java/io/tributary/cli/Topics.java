package io.tributary.cli;

import io.tributary.job.JobTopics;
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

/** The topics of a demo. Each has one partition, so that the order of a source's documents is kept. */
final class Topics {
    static final String REPORTS = ReportSink.TOPIC;
    static final String DEAD_LETTERS = DeadLetterSink.TOPIC;
    /** Bytes of the largest message: a dead letter carries the whole of a bad record. */
    static final int MAX_MESSAGE_BYTES = 64 << 20;

    private Topics() {}

    static String corpus(String source) {
        return "corpus." + source;
    }

    /**
     * Makes the topics of these sources and those of the job, and waits until they can be written.
     *
     * @throws IOException if Kafka refuses, or a topic is there already
     */
    static void create(String bootstrapServers, List<String> sources) throws IOException, InterruptedException {
        Map<String, String> settings = Map.of(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(MAX_MESSAGE_BYTES),
                // The demo removes its data itself, at its end.
                TopicConfig.RETENTION_MS_CONFIG,
                "-1");
        List<String> names =
                new ArrayList<>(sources.stream().map(Topics::corpus).toList());
        names.add(REPORTS);
        names.add(DEAD_LETTERS);
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
