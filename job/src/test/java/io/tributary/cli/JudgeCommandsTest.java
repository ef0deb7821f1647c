package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.judge.SmallSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of evaluate, generate and adapt. */
@SuppressWarnings("NullAway.Init")
class JudgeCommandsTest {
    @TempDir
    private static Path folder;

    private static Path corpus;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void write() throws IOException {
        SmallSnapshot.write(folder.resolve("snapshots").toFile());
        corpus = Files.writeString(
                folder.resolve("text.txt"), String.join("\n\n", Collections.nCopies(40, SmallSnapshot.TEXT)));
    }

    @Test
    void evaluatePrintsFourFigures() {
        assertThat(execute("evaluate", "--source=en", "--corpus=" + corpus)).isZero();
        assertThat(out.toString().lines().toList()).satisfies(lines -> {
            assertThat(lines).hasSize(5);
            assertThat(lines.get(0)).startsWith("en after 3 rounds: 40 documents, 1,360 bytes, ");
            assertThat(lines.subList(1, 5))
                    .extracting(line -> line.substring(0, line.indexOf(" ")))
                    .containsExactly("loss", "perplexity", "bits/byte", "tokens/byte");
        });
        String first = out.toString();
        out.getBuffer().setLength(0);
        execute("evaluate", "--source=en", "--corpus=" + corpus);
        assertThat(out).hasToString(first);
    }

    @Test
    void evaluateTellsProgramsTheSame() throws IOException {
        String[] options = {"--corpus=" + corpus, "--json"};
        assertThat(execute("evaluate", "--source=en", options)).isZero();
        JsonNode learnt = new ObjectMapper().readTree(out.toString());
        out.getBuffer().setLength(0);
        assertThat(execute("evaluate", "--source=de", options)).isZero();
        JsonNode guessed = new ObjectMapper().readTree(out.toString());

        assertThat(learnt.get("round").asLong()).isEqualTo(3);
        assertThat(learnt.get("documents").asLong()).isEqualTo(40);
        double loss = learnt.get("loss").asDouble();
        assertThat(learnt.get("perplexity").asDouble()).isEqualTo(Math.exp(loss));
        assertThat(learnt.get("bitsPerByte").asDouble())
                .isLessThan(guessed.get("bitsPerByte").asDouble() / 2);
        assertThat(learnt.get("tokensPerByte").asDouble())
                .isEqualTo(learnt.get("tokens").asDouble() / learnt.get("bytes").asDouble());
    }

    @Test
    void generateWritesThePromptAndWhatFollows() {
        assertThat(execute("generate", "--source=en", "--prompt=the cat", "--temperature=0"))
                .isZero();
        assertThat(out).hasToString(SmallSnapshot.TEXT + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void generateSaysWhereAPromptIsTooLongAndWhyATextEnded() throws IOException {
        String prompt = "the mat ".repeat(50);
        assertThat(execute("generate", "--source=en", "--prompt=" + prompt, "--max-tokens=3", "--json"))
                .isZero();
        assertThat(err.toString()).contains("tokens and the model sees 64: it does not see the first ");
        out.getBuffer().setLength(0);
        assertThat(execute("generate", "--source=en", "--temperature=0", "--json"))
                .isZero();
        JsonNode written = new ObjectMapper().readTree(out.toString());
        assertThat(written.get("text").asText()).isEqualTo(SmallSnapshot.TEXT);
        assertThat(written.get("end").asText()).isEqualTo("end_of_text");
    }

    @Test
    void adaptMakesASnapshotThatTheOthersRead() throws IOException {
        Path to = folder.resolve("adapted");
        assertThat(execute("adapt", "--source=new", "--corpus=" + corpus, "--to=" + to, "--steps=2"))
                .isZero();
        assertThat(out.toString()).contains("step 2 of 2  loss ", "Snapshot with new: " + to + "/round-000003");
        out.getBuffer().setLength(0);
        assertThat(run("evaluate", "--snapshot=" + to, "--source=new", "--corpus=" + corpus))
                .isZero();
        assertThat(run("generate", "--snapshot=" + to, "--source=new", "--max-tokens=5"))
                .isZero();
        assertThat(run("generate", "--snapshot=" + to, "--source=en", "--prompt=the", "--temperature=0"))
                .isZero();
        assertThat(out.toString()).contains(SmallSnapshot.TEXT);
    }

    @Test
    void aSourceThatIsNotThereIsNamedWithThoseThatAre() {
        assertThat(execute("evaluate", "--source=enn", "--corpus=" + corpus)).isEqualTo(2);
        assertThat(err.toString()).contains("The snapshot has no source 'enn', but de, en; did you mean en?");
        assertThat(execute("generate", "--source=zh")).isEqualTo(2);
        assertThat(err.toString()).contains("The snapshot has no source 'zh', but de, en" + System.lineSeparator());
        assertThat(execute("adapt", "--source=x", "--corpus=" + corpus, "--to=" + folder.resolve("x"), "--from=ed"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("no source 'ed', but de, en; did you mean de?");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(execute(
                        "generate", "--source=en", "--temperature=-1", "--top-p=1.5", "--top-k=-2", "--max-tokens=0"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "--temperature -1.0 is not between 0 and 1000",
                        "--top-p 1.5 is not above 0 and at most 1",
                        "--top-k -2 is not between",
                        "--max-tokens 0 is not between 1 and");
        assertThat(execute(
                        "adapt",
                        "--source=en",
                        "--corpus=nowhere.txt",
                        "--to=" + folder,
                        "--steps=0",
                        "--learning-rate=7",
                        "--from=de",
                        "--pieces=300"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "--source en: the snapshot has this source already",
                        "--corpus nowhere.txt: there is no such file",
                        "--to " + folder + " is not empty",
                        "--steps 0 is not between",
                        "--learning-rate 7.0 is not above 0",
                        "--from brings its vocabulary with it");
    }

    @Test
    void whatIsNoSnapshotIsSaidAndWhatIsMissingToo() {
        assertThat(run("evaluate", "--snapshot=" + folder.resolve("none"), "--source=en", "--corpus=" + corpus))
                .isEqualTo(3);
        assertThat(err.toString()).contains("TRB-M01: There is no finished snapshot in " + folder.resolve("none"));
        assertThat(run("generate")).isEqualTo(2);
        assertThat(err.toString()).contains("--snapshot=DIR", "--source=NAME");
    }

    @Test
    void anEmptyTextIsNotJudged() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.txt"), "\n \n");
        assertThat(execute("evaluate", "--source=en", "--corpus=" + empty)).isEqualTo(3);
        assertThat(err.toString()).contains("TRB-T01: ", "empty.txt is empty: there is no text in it");
    }

    private int execute(String command, String option, String... more) {
        List<String> all = new ArrayList<>(List.of(command, "--snapshot=" + folder.resolve("snapshots")));
        all.add(option);
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private int run(String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(args);
    }
}
