package io.tributary.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.ZstdOutputStream;
import io.tributary.corpus.Cut;
import io.tributary.corpus.FeedState;
import io.tributary.corpus.TextFeed;
import io.tributary.corpus.TextFeed.Shape;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.failure.ErrorCode;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ValueFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent arrives, what cannot be sent is said, and what was sent is not sent again; on a real broker. */
class FeedCommandTest {
    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    }

    @AfterAll
    static void stop() throws Exception {
        kafka.close();
    }

    @Test
    void packedTextsAndJsonLinesArriveAsDocuments() throws Exception {
        run("topics", "create", "--source=packed");
        Path plain = write("plain.txt", "eins\nzwei\n\ndrei\n");
        Path gzip = folder.resolve("two.txt.gz");
        // Two members in one file, as cat makes them.
        try (OutputStream out = Files.newOutputStream(gzip)) {
            for (String text : List.of("vier\n\nfü", "nf\n")) {
                GZIPOutputStream member = new GZIPOutputStream(out);
                member.write(text.getBytes(UTF_8));
                member.finish();
            }
        }
        Path zstd = folder.resolve("three.jsonl.zst");
        try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(zstd))) {
            out.write("{\"body\": \"sechs\\n\\u00e9\", \"n\": 1}\n".getBytes(UTF_8));
        }
        assertThat(run("feed", "--source=packed", "--field=body", plain.toString(), gzip.toString(), zstd.toString()))
                .contains("Sent 5 documents to corpus.packed");
        assertThat(values("corpus.packed")).containsExactly("eins\nzwei", "drei", "vier", "fünf", "sechs\né");
        assertThat(run("topics", "list")).containsPattern("packed +corpus.packed +1 +1 +5");
        assertThat(run("topics", "create", "--source=packed")).contains("There already: corpus.packed");
        assertThat(commands()
                        .json("topics", "create", "--source=packed")
                        .at("/0/made")
                        .booleanValue())
                .isFalse();
        assertThat(commands().json("topics", "list").findValuesAsText("source")).contains("packed");
        JsonNode sent = commands().json("feed", "--source=packed", plain.toString());
        assertThat(sent.at("/documents").intValue()).isEqualTo(2);
    }

    @Test
    void textThatTheJobReadsInAFieldIsLookedForInThatField() throws Exception {
        run("topics", "create", "--source=fields");
        Path settings = write(
                "fields.yaml",
                """
                model: {layers: 1, width: 16, heads: 2, sequenceLength: 8}
                variant: spec
                vocabulary: {pieces: 500}
                sources: [{name: fields, format: json, field: content}]
                training: {batchRows: 4, learningRate: {peak: 1e-3}}
                rounds: {localSteps: 10}
                kafka: {bootstrapServers: '%s'}
                snapshots: {folder: /there}
                """
                        .formatted(kafka.bootstrapServers()));
        String good = "{\"content\": \"good\"}";
        Path json = write("fields.jsonl", good + "\n{\"text\": \"in another field\"}\n");
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();
        assertThat(new CommandLineRuns()
                        .execute(out, err, "feed", "--config=" + settings, "--source=fields", json.toString()))
                .isEqualTo(3);
        assertThat(out.toString()).contains("Sent 1 documents", "1 documents were refused");
        assertThat(err.toString()).contains("The JSON object has no field 'content'");
        assertThat(values("corpus.fields")).containsExactly(good);
        assertThat(new CommandLineRuns()
                        .execute(
                                out,
                                err,
                                "feed",
                                "--config=" + settings,
                                "--source=fields",
                                "--field=text",
                                json.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("in the field 'content', as its settings say, and not in 'text'");
    }

    @Test
    void eachDocumentThatIsRefusedIsSaidWithItsPlace() throws Exception {
        run("topics", "create", "--source=bad");
        Path text = folder.resolve("bad.txt");
        Files.write(
                text, ("good\n\n" + "x".repeat((8 << 20) + 1) + "\n\nGr\u00fc\u00dfe\n\nlast\n").getBytes(ISO_8859_1));
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();
        assertThat(execute(out, err, "feed", "--source=bad", text.toString())).isEqualTo(3);
        assertThat(err.toString())
                .contains(
                        text + " at byte 6: The value has 8,388,609 bytes",
                        text + " at byte 8,388,617: The value is not UTF-8",
                        "tributary: TRB-T02: 2 documents were refused");
        assertThat(out.toString()).contains("Sent 2 documents", "2 documents were refused");
        assertThat(values("corpus.bad")).containsExactly("good", "last");

        Path json = write("bad.jsonl", "{\"text\": \"good\"}\n{\"text\": 5}\nno json\n");
        err = new StringWriter();
        assertThat(execute(out, err, "feed", "--source=bad", json.toString())).isEqualTo(3);
        assertThat(err.toString()).contains("at byte 17: The JSON field 'text' is a number", "at byte 29");
    }

    @Test
    void aTopicThatTakesLessRefusesADocumentAndNoOther() throws Exception {
        run("topics", "create", "--source=small");
        try (var admin = Admin.create(client())) {
            var topic = new ConfigResource(ConfigResource.Type.TOPIC, "corpus.small");
            var set = new AlterConfigOp(new ConfigEntry("max.message.bytes", "1000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
        }
        Path text = write("small.txt", "before\n\n" + "x".repeat(2000) + "\n\nafter\n");
        StringWriter err = new StringWriter();
        assertThat(execute(new StringWriter(), err, "feed", "--source=small", text.toString()))
                .isEqualTo(3);
        assertThat(err.toString())
                .contains(text + " at byte 8: The value has 2,000 bytes, and the largest document allowed has 872");
        assertThat(values("corpus.small")).containsExactlyInAnyOrder("before", "after");
    }

    @Test
    void aFileIsGoneOnWithWhereKafkaHadIt() throws Exception {
        run("topics", "create", "--source=resumed");
        List<String> lines =
                IntStream.range(0, 20_000).mapToObj(i -> "line " + i).toList();
        Path text = write("long.txt", String.join("\n", lines) + "\n");
        FeedState state = FeedState.of(folder.resolve("states"), "cluster", "corpus.resumed", text);
        Shape shape = new Shape("corpus.resumed", Cut.LINES, ValueFormat.TEXT, false, 1000);
        long stoppedAt;
        try (TextFeed feed = feed(shape)) {
            Thread sending = new Thread(() -> send(feed, text, state));
            sending.start();
            while (feed.count().documents() == 0) {
                Thread.onSpinWait();
            }
            stoppedAt = feed.stop(Duration.ofSeconds(20));
            sending.join();
        }
        assertThat(state.offset()).contains(stoppedAt);
        List<String> first = values("corpus.resumed");
        assertThat(first).isNotEmpty().isEqualTo(lines.subList(0, first.size()));
        try (TextFeed feed = feed(shape)) {
            feed.send(text, stoppedAt, state);
        }
        assertThat(values("corpus.resumed")).isEqualTo(lines);
        assertThat(state.offset()).contains(Files.size(text));

        Files.writeString(text, "another text\n");
        assertThatThrownBy(state::offset)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not begin as it did");
    }

    @Test
    void whatCannotBeRightIsSaidBeforeAnythingIsSent() throws Exception {
        Path text = write("fine.txt", "text\n");
        assertThat(fails(ErrorCode.TOPIC_MISSING, "feed", "--source=nowhere", text.toString()))
                .contains("no topic corpus.nowhere", "./tributary topics create --source nowhere");
        run("topics", "create", "--source=cut");
        Path torn = folder.resolve("torn.txt.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(torn))) {
            out.write("whole\n\ntorn\n".getBytes(UTF_8));
        }
        byte[] packed = Files.readAllBytes(torn);
        Files.write(torn, Arrays.copyOf(packed, packed.length - 9));
        assertThat(fails(ErrorCode.TEXT_UNREADABLE, "feed", "--source=cut", torn.toString()))
                .contains(torn.toString(), "cannot be read on");
        Path misnamed = write("text.gz", "text\n");
        assertThat(fails(ErrorCode.TEXT_UNREADABLE, "feed", "--source=cut", misnamed.toString()))
                .contains("is not packed as its name says");
        StringWriter err = new StringWriter();
        assertThat(execute(new StringWriter(), err, "feed", "--source=a b", "--resume", "-", "none.txt"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("'a b' cannot name a source", "none.txt is no readable file", "--resume");
    }

    @Test
    void deadLettersAreSentAgainOnceAndThoseThatWereCutAreNamed() throws Exception {
        run("topics", "create", "--source=mended", "--source=other");
        try (var admin = Admin.create(client())) {
            admin.createTopics(List.of(new NewTopic(DeadLetterSink.TOPIC, 1, (short) 1)))
                    .all()
                    .get();
        }
        letter("corpus.mended", "one", "The text is bad", "");
        letter("corpus.mended", "beginning", "The value is long", "5000");
        letter("corpus.other", "two", "The text is worse", "");

        assertThat(run("dead-letters", "list"))
                .contains("0:0  corpus.mended-3 offset 99", "decode", "The text is bad", "5,000 bytes (cut)", "0:2");
        assertThat(run("dead-letters", "list", "--source=mended", "--count").strip())
                .isEqualTo("2");
        assertThat(commands().json("dead-letters", "list", "--reason=worse").findValuesAsText("topic"))
                .containsExactly("corpus.other");
        JsonNode again = commands().json("dead-letters", "replay", "--source=mended");
        assertThat(again.at("/sent").intValue()).isZero();
        assertThat(again.at("/possible").size()).isEqualTo(1);
        assertThat(again.at("/hindered/0/letter").textValue()).isEqualTo("0:1");

        assertThat(run("dead-letters", "replay", "--source=mended"))
                .contains("Not sent again, its value was cut", "1 dead letters would be sent again: say --yes");
        assertThat(records("corpus.mended")).isEmpty();
        assertThat(run("dead-letters", "replay", "--source=mended", "--yes")).contains("Sent 1 dead letters again");
        assertThat(run("dead-letters", "replay", "--to-source=mended", "--yes")).contains("Sent 1 dead letters again");
        assertThat(run("dead-letters", "replay", "--yes")).contains("There is nothing to send again");
        assertThat(values("corpus.mended")).containsExactly("one", "two");
        assertThat(values("corpus.other")).isEmpty();
        assertThat(new String(
                        records("corpus.mended")
                                .get(0)
                                .headers()
                                .lastHeader("replayed-from")
                                .value(),
                        UTF_8))
                .isEqualTo("tributary.dead-letters-0:0");
        assertThat(run("dead-letters", "list", "--count").strip()).isEqualTo("3");
        assertThat(run("dead-letters", "list")).contains("(replayed)");
    }

    private static void letter(String topic, String value, String reason, String truncated) throws Exception {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(DeadLetterSink.TOPIC, value.getBytes(UTF_8));
        Map.of("topic", topic, "partition", "3", "offset", "99", "timestamp", "0", "stage", "decode", "reason", reason)
                .forEach((key, text) -> letter.headers().add(key, text.getBytes(UTF_8)));
        if (!truncated.isEmpty()) {
            letter.headers().add("truncated", truncated.getBytes(UTF_8));
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(letter).get();
        }
    }

    private static TextFeed feed(Shape shape) {
        return new TextFeed(Map.of("bootstrap.servers", kafka.bootstrapServers()), shape, refusal -> {}, count -> {});
    }

    private static void send(TextFeed feed, Path text, FeedState state) {
        try {
            feed.send(text, 0, state);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> client() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    private static List<String> values(String topic) {
        return records(topic).stream().map(ConsumerRecord::value).toList();
    }

    private static List<ConsumerRecord<String, String>> records(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", (Object) kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }

    private static Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String run(String... args) {
        return commands().run(args);
    }

    private static String fails(ErrorCode code, String... args) {
        return commands().fails(code, args);
    }

    private static int execute(StringWriter out, StringWriter err, String... args) {
        return commands().execute(out, err, args);
    }

    private static CommandLineRuns commands() {
        return new CommandLineRuns(
                "--folder=" + folder.resolve("none"), "--bootstrap-servers=" + kafka.bootstrapServers());
    }
}
