package io.tributary.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.corpus.Corpus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeBenchTest {
    @TempDir
    Path folder;

    @Test
    void textOfAllSourcesGoesThroughAJobAndThroughTheTokenizerAlone() throws Exception {
        List<Corpus> corpora = List.of(
                new Corpus("one", List.of("the river and the sea", "the sea and the river")),
                new Corpus("two", List.of("der Fluss und das Meer")));
        BenchRun run = new TokenizeBench(corpora, 300, 3, 1).run(folder);
        assertThat(run.title()).startsWith("2 sources, up to 300 pieces each");
        assertThat(run.figures())
                .extracting(Figure::key)
                .containsExactly(
                        "tokenize.megabytesPerSecond", "tokenize.shareOfTarget", "tokenize.shareOfBare", "limit.bare");
        assertThat(run.figures())
                .allSatisfy(figure -> assertThat(figure.samples().median()).isPositive());
    }
}
