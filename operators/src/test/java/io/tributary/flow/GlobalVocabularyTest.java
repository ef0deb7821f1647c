package io.tributary.flow;

import static io.tributary.flow.TokenizeFixture.CHINESE;
import static io.tributary.flow.TokenizeFixture.GERMAN;
import static io.tributary.flow.TokenizeFixture.TIMEOUT_MS;
import static io.tributary.flow.TokenizeFixture.chineses;
import static io.tributary.flow.TokenizeFixture.germans;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.Document;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.vocabulary.VocabularyTrainer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class GlobalVocabularyTest {
    private static final SourceId FOUND = new SourceId("found", 99);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theModelDependsOnTheTextsAndNotOnTheirOrderAcrossARestore(long seed) throws Exception {
        List<BootstrapText> texts = texts(50);
        Collections.shuffle(texts, new Random(seed));
        texts.add(new BootstrapText.End(GERMAN));
        texts.add(new BootstrapText.End(CHINESE));
        int at = new Random(seed).nextInt(texts.size());
        OperatorSubtaskState state;
        try (var vocabulary = harness()) {
            vocabulary.open();
            process(vocabulary, texts.subList(0, at));
            assertThat(vocabulary.extractOutputValues()).isEmpty();
            state = vocabulary.snapshot(1, 1);
        }
        try (var vocabulary = harness()) {
            vocabulary.initializeState(state);
            vocabulary.open();
            process(vocabulary, texts.subList(at, texts.size()));

            assertThat(vocabulary.extractOutputValues()).hasSize(1);
            assertThat(vocabulary.extractOutputValues().get(0)).isEqualTo(trained(texts(50)));
        }
    }

    @Test
    void sourcesThatAreNotConfiguredHaveASayButAreNotAwaited() throws Exception {
        List<BootstrapText> texts = texts(20);
        texts.add(new BootstrapText.Text(FOUND, "ein Fund, ein seltener Fund, ein Fundstück"));
        try (var vocabulary = harness()) {
            vocabulary.open();
            process(vocabulary, texts);
            vocabulary.processElement(new BootstrapText.End(FOUND), 0);
            vocabulary.processElement(new BootstrapText.End(GERMAN), 0);
            assertThat(vocabulary.extractOutputValues()).isEmpty();
            vocabulary.processElement(new BootstrapText.End(CHINESE), 0);

            assertThat(vocabulary.extractOutputValues().get(0)).isEqualTo(trained(texts));
        }
    }

    @Test
    void theTimeoutTrainsFromWhatThereIsAndWhatComesLaterIsIgnored() throws Exception {
        List<BootstrapText> texts = texts(20);
        try (var vocabulary = harness()) {
            vocabulary.open();
            process(vocabulary, texts.subList(0, 15));
            vocabulary.setProcessingTime(TIMEOUT_MS);
            assertThat(vocabulary.extractOutputValues()).hasSize(1);
            assertThat(vocabulary.extractOutputValues().get(0)).isEqualTo(trained(texts.subList(0, 15)));

            process(vocabulary, texts.subList(15, 20));
            vocabulary.processElement(new BootstrapText.End(GERMAN), 0);
            vocabulary.processElement(new BootstrapText.End(CHINESE), 0);
            vocabulary.setProcessingTime(3 * TIMEOUT_MS);
            assertThat(vocabulary.extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void withoutAnyTextTheMessageSaysWhatToDo() throws Exception {
        try (var vocabulary = harness()) {
            vocabulary.open();
            vocabulary.processElement(new BootstrapText.End(GERMAN), 0);

            assertThatThrownBy(() -> vocabulary.processElement(new BootstrapText.End(CHINESE), 0))
                    .hasMessageContaining("no text to train the vocabulary of all sources from")
                    .hasMessageContaining("Give a vocabulary");
        }
    }

    private static List<BootstrapText> texts(int each) {
        List<Document> documents = new ArrayList<>(germans(each));
        documents.addAll(chineses(each));
        List<BootstrapText> texts = new ArrayList<>();
        documents.forEach(document -> texts.add(new BootstrapText.Text(document.source(), document.text())));
        return texts;
    }

    private static byte[] trained(List<BootstrapText> texts) {
        VocabularyTrainer trainer =
                new VocabularyTrainer(settings().vocabulary().maxPieces());
        texts.forEach(text -> trainer.add(((BootstrapText.Text) text).text()));
        return trainer.train();
    }

    private static void process(
            KeyedOneInputStreamOperatorTestHarness<Integer, BootstrapText, byte[]> vocabulary,
            List<BootstrapText> texts)
            throws Exception {
        for (BootstrapText text : texts) {
            vocabulary.processElement(text, 0);
        }
    }

    private static TrainingSettings settings() {
        return TokenizeFixture.of(Variant.GLOB, 300).settings();
    }

    private static KeyedOneInputStreamOperatorTestHarness<Integer, BootstrapText, byte[]> harness() throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<Integer, BootstrapText, byte[]>(
                new KeyedProcessOperator<>(new GlobalVocabulary(settings())),
                text -> 0,
                Types.INT,
                SourceKeys.MAX_PARALLELISM,
                1,
                0);
        harness.setup(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO.createSerializer(
                harness.getExecutionConfig().getSerializerConfig()));
        return harness;
    }
}
