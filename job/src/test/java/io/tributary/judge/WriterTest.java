package io.tributary.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.judge.Writer.End;
import io.tributary.judge.Writer.Written;
import io.tributary.model.LanguageModel;
import io.tributary.model.Sampler;
import io.tributary.model.SamplingRules;
import io.tributary.snapshot.Snapshot;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class WriterTest {
    private static final SamplingRules LIKELIEST = new SamplingRules(0, 0, 1);

    @TempDir
    private static Path folder;

    private static SourceTokenizer tokenizer;
    private static LanguageModel model;

    @BeforeAll
    static void load() throws IOException {
        SmallSnapshot.write(folder.toFile());
        Snapshot snapshot = Snapshot.openOrLatest(org.apache.flink.core.fs.Path.fromLocalFile(folder.toFile()));
        tokenizer = SourceModels.tokenizer(snapshot, "en");
        model = SourceModels.model(snapshot, "en");
    }

    @AfterAll
    static void close() {
        tokenizer.close();
        model.close();
    }

    /** What was learnt by heart, and nothing behind it. */
    @Test
    void aTextEndsWhereTheModelSaysSo() {
        for (int length : new int[] {0, 3, 7, 8, 9, 10}) {
            String prompt = SmallSnapshot.TEXT.substring(0, length);
            List<String> parts = new ArrayList<>();
            Written written = write(LIKELIEST, 1, prompt, 100, parts::add);
            assertThat(prompt + String.join("", parts)).isEqualTo(SmallSnapshot.TEXT);
            assertThat(written.end()).isEqualTo(End.END_OF_TEXT);
            int tokens = tokenizer.encode(SmallSnapshot.TEXT).length - tokenizer.encode(prompt).length;
            assertThat(written.tokens()).isEqualTo(tokens);
        }
    }

    /** 你, 好 and 😀 have 3, 3 and 4 pieces. */
    @Test
    void whatComesIsMadeOfWholeCharacters() {
        List<String> parts = new ArrayList<>();
        Written written = write(LIKELIEST, 1, "the", 100, parts::add);
        assertThat(parts).contains("你", "好", "😀").allSatisfy(part -> assertThat(part)
                .doesNotContain("\uFFFD"));
        assertThat(written.tokens()).isGreaterThan(parts.size() + 5);
    }

    @Test
    void aTextIsNoLongerThanItMayBe() {
        List<String> parts = new ArrayList<>();
        Written written = write(LIKELIEST, 1, "the", 2, parts::add);
        assertThat(written).isEqualTo(new Written(2, End.MAX_TOKENS));
        // A character that is cut is told as such, and not dropped.
        int untilCharacter = tokenizer.encode("the cat ").length - tokenizer.encode("the").length;
        parts.clear();
        write(LIKELIEST, 1, "the", untilCharacter + 2, parts::add);
        assertThat(String.join("", parts)).isEqualTo(" cat \uFFFD");
    }

    @Test
    void nothingIsWrittenThatNobodyReads() {
        List<String> parts = new ArrayList<>();
        Written written = write(LIKELIEST, 1, "the", 100, part -> {
            parts.add(part);
            return parts.size() < 3;
        });
        assertThat(parts).hasSize(3);
        assertThat(written.end()).isEqualTo(End.NOT_WANTED);
    }

    @Test
    void equalSeedsWriteEqualTexts() {
        SamplingRules free = new SamplingRules(3, 50, 0.99);
        List<String> first = new ArrayList<>();
        List<String> again = new ArrayList<>();
        List<String> other = new ArrayList<>();
        write(free, 1, "the", 150, first::add);
        write(free, 1, "the", 150, again::add);
        write(free, 2, "the", 150, other::add);
        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void ofAPromptThatIsTooLongTheEndCounts() {
        String longPrompt = "the mat ".repeat(100) + SmallSnapshot.TEXT + " the";
        int tokens = tokenizer.encode(longPrompt).length;
        try (Writer writer = writer(LIKELIEST, 1, longPrompt)) {
            assertThat(writer.promptTokens()).isEqualTo(tokens);
            assertThat(writer.unseenTokens()).isEqualTo(tokens - SmallSnapshot.SHAPE.sequenceLength());
            assertThat(writer.write(5, part -> true).tokens()).isLessThanOrEqualTo(5);
        }
        try (Writer writer = writer(LIKELIEST, 1, SmallSnapshot.TEXT)) {
            assertThat(writer.unseenTokens()).isZero();
        }
    }

    private static Written write(
            SamplingRules sampling, long seed, String prompt, int maxTokens, Writer.Reader reader) {
        try (Writer writer = writer(sampling, seed, prompt)) {
            return writer.write(maxTokens, reader);
        }
    }

    private static Writer writer(SamplingRules sampling, long seed, String prompt) {
        return new Writer(model, tokenizer, new Sampler(sampling, seed), prompt);
    }
}
