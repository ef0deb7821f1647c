package io.tributary.flow;

import static io.tributary.flow.TokenizeFixture.CHINESE;
import static io.tributary.flow.TokenizeFixture.GERMAN;
import static io.tributary.flow.TokenizeFixture.TIMEOUT_MS;
import static io.tributary.flow.TokenizeFixture.chineses;
import static io.tributary.flow.TokenizeFixture.germans;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.Document;
import io.tributary.record.Incoming;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.record.WireType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class FirstTextTest {
    private static final TokenizeFixture FIXTURE = TokenizeFixture.of(Variant.GLOB, 300);

    @Test
    void passesOnWhatIsNotHeldOutUntilThereAreEnoughBytesAcrossARestore() throws Exception {
        TokenizeFixture fixture = FIXTURE.heldOut(0.3);
        List<BootstrapText> expected = new ArrayList<>();
        long bytes = 0;
        for (Document document : germans(40)) {
            byte[] utf8 = document.text().getBytes(StandardCharsets.UTF_8);
            if (bytes < 300 && !fixture.settings().holdOut().holds(utf8)) {
                bytes += utf8.length;
                expected.add(new BootstrapText.Text(GERMAN, document.text()));
            }
        }
        expected.add(new BootstrapText.End(GERMAN));

        for (int at : new int[] {0, 3, 20}) {
            List<BootstrapText> out = new ArrayList<>();
            OperatorSubtaskState state;
            try (var first = harness(fixture)) {
                first.open();
                process(first, germans(40).subList(0, at));
                out.addAll(first.extractOutputValues());
                state = first.snapshot(1, 1);
            }
            try (var first = harness(fixture)) {
                first.initializeState(state);
                first.open();
                process(first, germans(40).subList(at, 40));
                out.addAll(first.extractOutputValues());
            }
            assertThat(out).isEqualTo(expected).hasSizeBetween(4, 20);
        }
    }

    @Test
    void theTimeoutSinceASourcesFirstDocumentEndsItsText() throws Exception {
        try (var first = harness(FIXTURE)) {
            first.open();
            process(first, germans(1));
            first.setProcessingTime(TIMEOUT_MS / 2);
            process(first, chineses(1));
            first.setProcessingTime(TIMEOUT_MS);
            process(first, germans(3));

            assertThat(first.extractOutputValues())
                    .containsExactly(
                            new BootstrapText.Text(GERMAN, germans(1).get(0).text()),
                            new BootstrapText.Text(CHINESE, chineses(1).get(0).text()),
                            new BootstrapText.End(GERMAN));
        }
    }

    @Test
    void aTextThatEndedByItsBytesEndsOnce() throws Exception {
        try (var first = harness(FIXTURE)) {
            first.open();
            process(first, germans(40));
            first.setProcessingTime(2 * TIMEOUT_MS);

            assertThat(first.extractOutputValues())
                    .filteredOn(BootstrapText.End.class::isInstance)
                    .hasSize(1);
        }
    }

    private static void process(
            KeyedOneInputStreamOperatorTestHarness<SourceId, Incoming, BootstrapText> first, List<Document> documents)
            throws Exception {
        for (Document document : documents) {
            first.processElement(document, 0);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<SourceId, Incoming, BootstrapText> harness(
            TokenizeFixture fixture) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<SourceId, Incoming, BootstrapText>(
                new KeyedProcessOperator<>(new FirstText(fixture.settings())),
                Incoming::source,
                new WireType<>(new SourceIdFormat()),
                SourceKeys.MAX_PARALLELISM,
                1,
                0);
        harness.setup(new WireType<>(new BootstrapTextFormat()).serializer());
        return harness;
    }
}
