package io.tributary.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.record.RoundReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Counts documents instead of training on them: enough of a job to see everything around the training work. A step is a
 * document, and a report follows every {@code steps} documents of a source, until it has had all its rounds.
 */
final class CountingTraining implements Training {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public int tokensPerStep() {
        return 1;
    }

    @Override
    public RoundReport readReport(byte[] json) throws IOException {
        return JSON.readValue(json, RoundReport.class);
    }

    @Override
    public void build(StreamExecutionEnvironment environment, DemoPlan plan) {
        KafkaSource<String> documents = KafkaSource.<String>builder()
                .setBootstrapServers(plan.bootstrapServers())
                .setTopicPattern(Pattern.compile(Pattern.quote(Topics.corpus("")) + ".*"))
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new SourceName())
                .build();
        KafkaSink<byte[]> reports = KafkaSink.<byte[]>builder()
                .setBootstrapServers(plan.bootstrapServers())
                .setRecordSerializer(KafkaRecordSerializationSchema.<byte[]>builder()
                        .setTopic(Topics.REPORTS)
                        .setValueSerializationSchema(new AsItIs())
                        .build())
                .build();
        environment
                .fromSource(documents, WatermarkStrategy.noWatermarks(), "documents")
                .keyBy(source -> source)
                .flatMap(new ReportEvery(plan.steps(), plan.rounds()))
                .sinkTo(reports);
    }

    private static final class SourceName implements KafkaRecordDeserializationSchema<String> {
        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<String> out) {
            out.collect(record.topic().substring(Topics.corpus("").length()));
        }

        @Override
        public TypeInformation<String> getProducedType() {
            return Types.STRING;
        }
    }

    private static final class AsItIs implements SerializationSchema<byte[]> {
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] serialize(byte[] bytes) {
            return bytes;
        }
    }

    private static final class ReportEvery implements FlatMapFunction<String, byte[]> {
        private static final long serialVersionUID = 1L;

        private final int steps;
        private final int rounds;
        private final HashMap<String, Integer> counts = new HashMap<>();

        ReportEvery(int steps, int rounds) {
            this.steps = steps;
            this.rounds = rounds;
        }

        @Override
        public void flatMap(String source, Collector<byte[]> out) {
            int count = counts.merge(source, 1, Integer::sum);
            if (count % steps == 0 && count <= steps * rounds) {
                try {
                    out.collect(JSON.writeValueAsBytes(Reports.report(source, count / steps - 1, 3)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
