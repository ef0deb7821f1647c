package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    @TempDir
    Path folder;

    @Test
    void keepsWhatItIsSentAndLeavesNoProcess() throws Exception {
        long pid;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            pid = kafka.pid();
            createTopic(kafka, "words");
            send(kafka, "words", List.of("eins", "zwei", "drei"));

            assertThat(receive(kafka, "words", 3)).containsExactly("eins", "zwei", "drei");
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void startsAgainOverItsDataOnTheSamePortAfterItWasKilled() throws Exception {
        EmbeddedKafka first = EmbeddedKafka.start(folder, 0);
        createTopic(first, "words");
        send(first, "words", List.of("eins", "zwei", "drei"));
        ProcessHandle broker = ProcessHandle.of(first.pid()).orElseThrow();
        broker.destroyForcibly();
        broker.onExit().get();
        first.close();

        String servers = first.bootstrapServers();
        int port = Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
        try (EmbeddedKafka second = EmbeddedKafka.start(folder, port)) {
            assertThat(second.bootstrapServers()).isEqualTo(servers);
            assertThat(receive(second, "words", 3)).containsExactly("eins", "zwei", "drei");
        }
    }

    @Test
    void namesAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("Kafka");
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void endsWithAParentThatIsKilled() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParentOfABroker.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = new String(parent.getInputStream().readNBytes(8), StandardCharsets.UTF_8);
        ProcessHandle broker = ProcessHandle.of(Long.parseLong(line.strip())).orElseThrow();
        assertThat(broker.isAlive()).isTrue();

        parent.destroyForcibly().waitFor();

        broker.onExit().get();
        assertThat(broker.isAlive()).isFalse();
    }

    private static void createTopic(EmbeddedKafka kafka, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    private static void send(EmbeddedKafka kafka, String topic, List<String> values) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, value)).get();
            }
        }
    }

    private static List<String> receive(EmbeddedKafka kafka, String topic, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (values.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
