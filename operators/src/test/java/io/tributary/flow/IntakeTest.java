package io.tributary.flow;

import static io.tributary.flow.TokenizeFixture.CHINESE;
import static io.tributary.flow.TokenizeFixture.GERMAN;
import static io.tributary.flow.TokenizeFixture.germans;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.DeadLetter;
import io.tributary.record.Document;
import io.tributary.record.Downstream;
import io.tributary.record.Incoming;
import io.tributary.record.Standing;
import io.tributary.record.Tokenized;
import io.tributary.record.Variant;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes in is in batches, held out, waiting or dead: to the byte, before and after the vocabulary is known. */
@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class IntakeTest {
    @ParameterizedTest
    @CsvSource({"SPEC,3", "SPEC,40", "TRIM,3", "TRIM,40"})
    void everyByteThatComesInIsAccountedFor(Variant variant, int count) throws Exception {
        List<Document> documents = germans(count);
        TokenizeFixture fixture = TokenizeFixture.of(variant, 600).heldOut(0.2);
        if (variant == Variant.TRIM) {
            fixture = fixture.global(TokenizeFixture.model(400));
        }
        try (var tokenize = fixture.tokenize()) {
            tokenize.open();
            process(tokenize, documents);
            tokenize.processElement(new Incoming.Rejected(GERMAN, 7), 0);
            tokenize.processElement(new Incoming.Rejected(CHINESE, 5), 0);

            Intake intake = intake(tokenize);
            long inBatches = tokenize.extractOutputValues().stream()
                    .filter(Tokenized.Batch.class::isInstance)
                    .mapToLong(batch -> ((Tokenized.Batch) batch).blocks().bytes())
                    .sum();
            HoldOut holdOut = fixture.settings().holdOut();
            assertThat(intake)
                    .isEqualTo(new Intake(
                            count,
                            documents.stream().mapToLong(d -> utf8(d).length).sum(),
                            documents.stream()
                                    .filter(d -> holdOut.holds(utf8(d)))
                                    .mapToLong(d -> utf8(d).length)
                                    .sum(),
                            1,
                            7,
                            intake.waitingBytes()));
            assertThat(intake.bytes()).isEqualTo(inBatches + intake.waitingBytes() + intake.heldOutBytes());
            assertThat(inBatches > 0).isEqualTo(count == 40);
        }
    }

    @Test
    void whatComesAfterASourceHasRetiredIsADeadLetter() throws Exception {
        List<Document> documents = germans(40);
        OperatorSubtaskState retired;
        TokenizeFixture fixture = TokenizeFixture.of(Variant.SPEC, 600);
        try (var tokenize = fixture.tokenize()) {
            tokenize.open();
            process(tokenize, documents);
            tokenize.processElement(new Incoming.Placed(GERMAN, Standing.RETIRED), 0);
            assertThat(tokenize.extractOutputValues()).last().isEqualTo(new Tokenized.Placed(GERMAN, Standing.RETIRED));
            retired = tokenize.snapshot(1, 1);
        }
        try (var tokenize = fixture.tokenize()) {
            tokenize.initializeState(retired);
            tokenize.open();
            Intake before = intake(tokenize);
            tokenize.processElement(documents.get(3), 0);
            tokenize.processElement(new Incoming.Placed(GERMAN, Standing.ACTIVE), 0);

            assertThat(tokenize.extractOutputValues()).isEmpty();
            assertThat(tokenize.getSideOutput(Outputs.DEAD_LETTERS))
                    .singleElement()
                    .satisfies(record -> {
                        DeadLetter letter = record.getValue();
                        assertThat(letter.value()).get().isEqualTo(utf8(documents.get(3)));
                        assertThat(letter.stage()).isEqualTo("tokenize");
                        assertThat(letter.reason()).contains("'de' has retired");
                    });
            assertThat(intake(tokenize)).isEqualTo(before.plusDeadLetter(utf8(documents.get(3)).length));
        }
    }

    @Test
    void aSourceThatRetiresBeforeItsVocabularyNeverGetsOne() throws Exception {
        TokenizeFixture fixture = TokenizeFixture.of(Variant.SPEC, 1 << 20);
        try (var tokenize = fixture.tokenize()) {
            tokenize.open();
            process(tokenize, germans(3));
            tokenize.processElement(new Incoming.Placed(GERMAN, Standing.RETIRED), 0);
            tokenize.setProcessingTime(TokenizeFixture.TIMEOUT_MS);

            assertThat(tokenize.extractOutputValues()).containsExactly(new Tokenized.Placed(GERMAN, Standing.RETIRED));
            assertThat(intake(tokenize).waitingBytes())
                    .isEqualTo(intake(tokenize).bytes());
        }
    }

    @Test
    void aSourceThatWaitsForTheVocabularyOfAllIsSatisfiedUntilItComes() throws Exception {
        TokenizeFixture fixture = TokenizeFixture.of(Variant.GLOB, 100);
        try (var tokenize = fixture.tokenizeGlobally()) {
            tokenize.open();
            for (Document document : germans(60)) {
                tokenize.processElement(document, 0);
            }
            tokenize.processBroadcastElement(TokenizeFixture.model(400), 0);

            assertThat(tokenize.getSideOutput(Outputs.ANNOUNCEMENTS))
                    .extracting(record -> record.getValue())
                    .containsExactly(
                            new Downstream.Pace("de", "tokenize", false), new Downstream.Pace("de", "tokenize", true));
        }
    }

    private static void process(
            KeyedOneInputStreamOperatorTestHarness<?, Incoming, Tokenized> tokenize, List<Document> documents)
            throws Exception {
        for (Document document : documents) {
            tokenize.processElement(document, 0);
        }
    }

    private static Intake intake(KeyedOneInputStreamOperatorTestHarness<?, Incoming, Tokenized> tokenize)
            throws Exception {
        var operator = (AbstractStreamOperator<?>) tokenize.getOperator();
        operator.setCurrentKey(GERMAN);
        return operator.getKeyedStateStore().getState(LedgerState.INTAKE).value();
    }

    private static byte[] utf8(Document document) {
        return document.text().getBytes(StandardCharsets.UTF_8);
    }
}
