package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.RoundReport.Traffic;
import io.tributary.record.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
    private static final String JSON = "{\"round\":12,\"source\":\"arxiv\",\"participation\":\"PARTIAL\",\"steps\":500,"
            + "\"tokens\":8589934592,\"bytes\":10,\"totalTokens\":11,\"trainLoss\":3.25,"
            + "\"validationBitsPerByte\":null,\"unigramBitsPerByte\":2.5,\"vocabularySize\":8192,"
            + "\"tokensPerSecond\":3100.5,\"flopsPerToken\":9.5E8,\"queuedBatches\":4,"
            + "\"traffic\":[{\"group\":\"BODY\",\"sent\":400,\"received\":404,\"framing\":90}]}";

    @Test
    void anOlderReportIsReadWithoutTheOperationsOfItsTokens() throws IOException {
        RoundReport older = ReportJson.read(bytes(JSON.replace("\"flopsPerToken\":9.5E8,", "")));
        assertThat(older.flopsPerToken()).isNaN();
        assertThat(older.queuedBatches()).isEqualTo(4);
    }

    @Test
    void reportIsOneObjectWithNullForNaN() throws IOException {
        assertThat(text(ReportJson.write(report(Double.NaN)))).isEqualTo(JSON);
        assertThat(ReportJson.read(bytes(JSON))).isEqualTo(report(Double.NaN));
    }

    @Test
    void doublesComeBackToTheBit() throws IOException {
        RoundReport report = report(0.1 + 0.2);

        assertThat(ReportJson.read(ReportJson.write(report))).isEqualTo(report);
    }

    @Test
    void infinityIsWrittenAsNull() throws IOException {
        assertThat(ReportJson.read(ReportJson.write(report(Double.POSITIVE_INFINITY))))
                .isEqualTo(report(Double.NaN));
    }

    @Test
    void fieldsOfANewerWriterAreIgnored() throws IOException {
        assertThat(ReportJson.read(bytes(JSON.replace("{", "{\"newer\":[1],")))).isEqualTo(report(Double.NaN));
    }

    @Test
    void whatIsNotAReportIsRefused() {
        assertThatThrownBy(() -> ReportJson.read(bytes("{\"round\":12}"))).isInstanceOf(IOException.class);
    }

    @Test
    void sourceIsTheKey() {
        ProducerRecord<byte[], byte[]> record = new ReportSink.Serializer().record(report(Double.NaN));

        assertThat(record.topic()).isEqualTo("tributary.reports");
        assertThat(text(record.key())).isEqualTo("arxiv");
        assertThat(text(record.value())).isEqualTo(JSON);
    }

    @Test
    void aSampleHasATopicOfItsOwn() throws IOException {
        Sample sample = new Sample(9, "de", "Es war ", "einmal \uD83C\uDF0A", 5, true);

        ProducerRecord<byte[], byte[]> record = new ReportSink.Serializer().record(sample);

        assertThat(record.topic()).isEqualTo("tributary.samples");
        assertThat(text(record.key())).isEqualTo("de");
        assertThat(text(record.value()))
                .isEqualTo("{\"round\":9,\"source\":\"de\",\"prompt\":\"Es war \",\"text\":\"einmal \\uD83C\\uDF0A\","
                        + "\"tokens\":5,\"ended\":true}");
        assertThat(ReportJson.readSample(record.value())).isEqualTo(sample);
    }

    private static RoundReport report(double validation) {
        return new RoundReport(
                12,
                "arxiv",
                Participation.PARTIAL,
                500,
                1L << 33,
                10,
                11,
                3.25,
                validation,
                2.5,
                8192,
                3100.5,
                9.5e8,
                4,
                List.of(new Traffic(ParameterGroup.BODY, 400, 404, 90)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
