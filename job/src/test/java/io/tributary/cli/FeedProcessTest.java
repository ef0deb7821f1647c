package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.embedded.EmbeddedKafka;
import io.tributary.job.Pipelines;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feed as a process, which is ended in the middle and goes on. */
class FeedProcessTest {
    private static final int DOCUMENTS = 300_000;

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;
    private static List<String> lines;
    private static Path text;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "corpus.", List.of("stopped", "killed", "piped"));
        lines = IntStream.range(0, DOCUMENTS).mapToObj(i -> "document " + i).toList();
        text = Files.write(folder.resolve("text.txt"), lines);
    }

    @AfterAll
    static void stop() throws Exception {
        kafka.close();
    }

    @Test
    void whatWasStoppedAndGoneOnWithIsThereOnce() throws Exception {
        Process first = feed("stopped", text.toString());
        awaitSome("stopped");
        // Process.destroy closes what there is to read, too.
        first.toHandle().destroy();
        String said = output(first);
        assertThat(said).contains("Stopped: Kafka has " + text + " up to byte ", "--resume");
        List<String> before = values("stopped");
        assertThat(before).isNotEmpty().hasSizeLessThan(DOCUMENTS);

        Process second = feed("stopped", "--resume", text.toString());
        assertThat(output(second)).contains("from byte ");
        assertThat(second.exitValue()).isZero();
        assertThat(values("stopped")).isEqualTo(lines);
    }

    @Test
    void whatWasKilledAndGoneOnWithLacksNothing() throws Exception {
        Process first = feed("killed", text.toString());
        awaitSome("killed");
        first.destroyForcibly().waitFor();
        assertThat(values("killed")).hasSizeLessThan(DOCUMENTS);

        Process second = feed("killed", "--resume", text.toString());
        assertThat(output(second)).contains("Sent ");
        assertThat(second.exitValue()).isZero();
        assertThat(Set.copyOf(values("killed"))).isEqualTo(Set.copyOf(lines));
    }

    @Test
    void whatComesThroughAPipeArrives() throws Exception {
        Process piped = command("piped", "-").redirectInput(text.toFile()).start();
        assertThat(output(piped)).contains("Sent 300,000 documents to corpus.piped");
        assertThat(values("piped")).isEqualTo(lines);
    }

    private static Process feed(String source, String... arguments) throws IOException {
        return command(source, arguments)
                .redirectInput(Redirect.from(folder.resolve("text.txt").toFile()))
                .start();
    }

    private static ProcessBuilder command(String source, String... arguments) throws IOException {
        // Small batches, one at a time, so that there is time to end it.
        Path slow = Files.writeString(
                folder.resolve("slow.properties"), "batch.size=2000\nmax.in.flight.requests.per.connection=1\n");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "feed",
                "--source=" + source,
                "--format=lines",
                "--folder=" + folder.resolve("none"),
                "--bootstrap-servers=" + kafka.bootstrapServers(),
                "--kafka-properties=" + slow));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static String output(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(output).isTrue();
        return output;
    }

    private static void awaitSome(String source) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !values(source).isEmpty());
    }

    private static List<String> values(String source) {
        List<TopicPartition> partition = List.of(new TopicPartition("corpus." + source, 0));
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", (Object) kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(partition);
            consumer.seekToBeginning(partition);
            long end = consumer.endOffsets(partition).values().iterator().next();
            while (consumer.position(partition.get(0)) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
