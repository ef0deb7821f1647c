package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with SentencePiece's own programs where they are installed (Debian: {@code sentencepiece}). */
class SentencePieceProgramsTest {
    private static final int PIECES = 4000;

    private static final List<String> LINES = RealText.corpus();

    @TempDir
    Path folder;

    @BeforeAll
    static void needsThePrograms() {
        for (String program : List.of("spm_train", "spm_encode")) {
            assumeTrue(isOnPath(program), program + " is not installed (Debian: apt-get install sentencepiece)");
        }
    }

    @Test
    void textTakesAsManyTokensAsWithSpmTrain() throws Exception {
        byte[] theirs =
                spmTrain(LINES, "--model_type=bpe", "--byte_fallback=true", "--normalization_rule_name=identity");

        assertThat(SentencePieceModel.read(theirs).pieces()).hasSize(PIECES);
        assertThat(bytesPerToken(train())).isCloseTo(bytesPerToken(theirs), withinPercentage(0.1));
    }

    @Test
    void spmEncodeGivesTheSameIdsWithATrainedModel() throws Exception {
        byte[] model = train();

        assertThat(encode(model)).isEqualTo(spmEncode(model));
    }

    @Test
    void spmEncodeGivesTheSameIdsWithAUnigramModelOfSpmTrain() throws Exception {
        byte[] model = spmTrain(LINES.subList(0, 1500), "--model_type=unigram");

        assertThat(encode(model)).isEqualTo(spmEncode(model));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unigram", "bpe"})
    void piecesOfAModelOfSpmTrainAreSpeltAsTheSameText(String type) throws Exception {
        byte[] model = spmTrain(LINES.subList(0, 1500), "--model_type=" + type, "--byte_fallback=true");
        HeldPieces pieces = HeldPieces.start(new PieceSplitter(SentencePieceModel.read(model)));

        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            pieces.want(tokenizer.encode(LINES.get(0)));
            pieces.grow();
            int[] held = pieces.held();
            for (String line : LINES.subList(0, 1500)) {
                int[] ids = tokenizer.encode(line);
                int[] own = pieces.encode(ids);
                assertThat(tokenizer.decode(
                                Arrays.stream(own).map(id -> held[id]).toArray()))
                        .isEqualTo(tokenizer.decode(ids));
            }
        }
    }

    private static byte[] train() {
        VocabularyTrainer trainer = new VocabularyTrainer(PIECES);
        LINES.forEach(trainer::add);
        return trainer.train();
    }

    private byte[] spmTrain(List<String> lines, String... flags) throws Exception {
        Path input = Files.write(folder.resolve("input"), lines);
        List<String> command = new ArrayList<>(List.of(
                "spm_train",
                "--input=" + input,
                "--model_prefix=" + folder.resolve("theirs"),
                "--vocab_size=" + PIECES,
                "--remove_extra_whitespaces=false",
                "--max_sentence_length=100000"));
        command.addAll(List.of(flags));
        run(input, folder.resolve("train.out"), command);
        return Files.readAllBytes(folder.resolve("theirs.model"));
    }

    private List<String> spmEncode(byte[] model) throws Exception {
        Path file = Files.write(folder.resolve("encode.model"), model);
        Path input = Files.write(folder.resolve("input"), LINES);
        Path output = folder.resolve("ids");
        run(input, output, List.of("spm_encode", "--model=" + file, "--output_format=id"));
        return Files.readAllLines(output);
    }

    private static List<String> encode(byte[] model) {
        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            return LINES.stream()
                    .map(line -> String.join(
                            " ",
                            Arrays.stream(tokenizer.encode(line))
                                    .mapToObj(Integer::toString)
                                    .toList()))
                    .toList();
        }
    }

    private static double bytesPerToken(byte[] model) {
        long bytes = 0;
        long tokens = 0;
        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            for (String line : LINES) {
                bytes += line.getBytes(StandardCharsets.UTF_8).length;
                tokens += tokenizer.encode(line).length;
            }
        }
        return (double) bytes / tokens;
    }

    private void run(Path input, Path output, List<String> command) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor()).as(() -> lastLines(errors)).isZero();
    }

    private static String lastLines(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
