package io.tributary.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.model.LanguageModel;
import io.tributary.model.ModelShape;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    /** So short that documents lie over many rows, and rows over many documents. */
    private static final int LENGTH = 7;

    private static final List<String> DOCUMENTS =
            List.of("the cat", "sat", "on the mat, 你好 😀", "a", "the mat ".repeat(1600));

    /** The sum over all targets, each row by itself. */
    @Test
    void everyTokenButTheFirstIsATargetOnceInRowsThatFollowEachOther() throws IOException {
        try (SourceTokenizer tokenizer = tokenizer();
                LanguageModel model = random(tokenizer)) {
            List<Integer> stream = new ArrayList<>(List.of(tokenizer.endOfText()));
            for (String document : DOCUMENTS) {
                for (int id : tokenizer.encode(document)) {
                    stream.add(id);
                }
                stream.add(tokenizer.endOfText());
            }
            double nats = 0;
            for (int from = 0; from < stream.size() - 1; from += LENGTH) {
                int[] row = stream.subList(from, Math.min(stream.size(), from + LENGTH + 1)).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                nats += model.nats(row, 1);
            }

            Evaluation evaluation = evaluate(model, tokenizer);

            assertThat(evaluation.documents()).isEqualTo(DOCUMENTS.size());
            assertThat(evaluation.tokens()).isEqualTo(stream.size() - 1).isGreaterThan(3000);
            assertThat(evaluation.bytes())
                    .isEqualTo(DOCUMENTS.stream()
                            .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                            .sum());
            assertThat(evaluation.nats()).isCloseTo(nats, within(1e-5 * nats));
            assertThat(evaluate(model, tokenizer)).isEqualTo(evaluation);
        }
    }

    /** Each token has the probability 1/V. */
    @Test
    void aModelThatKnowsNothingIsAsUnsureAsItsVocabularyIsLarge() throws IOException {
        try (SourceTokenizer tokenizer = tokenizer();
                LanguageModel model = LanguageModel.load(shape(), tokenizer.size(), (group, from, out) -> {})) {
            Evaluation evaluation = evaluate(model, tokenizer);
            assertThat(evaluation.perplexity()).isCloseTo(tokenizer.size(), within(1e-3));
            assertThat(evaluation.loss()).isCloseTo(Math.log(tokenizer.size()), within(1e-6));
            assertThat(evaluation.bitsPerByte())
                    .isCloseTo(
                            evaluation.tokens() * (Math.log(tokenizer.size()) / Math.log(2)) / evaluation.bytes(),
                            within(1e-6));
        }
    }

    @Test
    void figuresFollowFromNatsTokensAndBytes() {
        Evaluation evaluation = new Evaluation(2, 50, 20, 20 * Math.log(8));
        assertThat(evaluation.loss()).isCloseTo(2.0794415, within(1e-6));
        assertThat(evaluation.perplexity()).isCloseTo(8, within(1e-9));
        assertThat(evaluation.bitsPerByte()).isCloseTo(20 * 3 / 50.0, within(1e-12));
        assertThat(evaluation.tokensPerByte()).isEqualTo(0.4);
        assertThatThrownBy(() -> new Evaluation(0, 0, 0, 0)).hasMessageContaining("There is no text to judge");
    }

    private static Evaluation evaluate(LanguageModel model, SourceTokenizer tokenizer) {
        Evaluator evaluator = new Evaluator(model, tokenizer);
        DOCUMENTS.forEach(evaluator::add);
        return evaluator.result();
    }

    private static SourceTokenizer tokenizer() {
        return new SourceTokenizer(SmallSnapshot.vocabulary(), Optional.empty());
    }

    private static LanguageModel random(SourceTokenizer tokenizer) throws IOException {
        Random random = new Random(1);
        return LanguageModel.load(shape(), tokenizer.size(), (group, from, out) -> {
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) (0.3 * random.nextGaussian());
            }
        });
    }

    private static ModelShape shape() {
        return new ModelShape(2, 16, 2, LENGTH);
    }
}
