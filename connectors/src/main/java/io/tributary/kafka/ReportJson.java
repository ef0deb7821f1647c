package io.tributary.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.tributary.record.Report;
import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import java.io.IOException;

/**
 * Reports as JSON objects, one field per component of {@link RoundReport} or {@link Sample}. What is not a number is null, since JSON has
 * no NaN; and so is an infinity. A reader ignores fields that it does not know.
 */
public final class ReportJson {
    private static final String FLOPS = "flopsPerToken";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(double.class, new FiniteOrNull())
                    .addDeserializer(double.class, new NumberOrNaN()))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private ReportJson() {}

    public static byte[] write(Report report) {
        try {
            return MAPPER.writeValueAsBytes(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write as JSON: " + report, e);
        }
    }

    /** Fails where the bytes are not a report. The first ones had no {@code flopsPerToken}. */
    public static RoundReport read(byte[] json) throws IOException {
        JsonNode report = MAPPER.readTree(json);
        if (report instanceof ObjectNode fields && !fields.has(FLOPS)) {
            fields.putNull(FLOPS);
        }
        return MAPPER.treeToValue(report, RoundReport.class);
    }

    /** Fails where the bytes are not a sample. */
    public static Sample readSample(byte[] json) throws IOException {
        return MAPPER.readValue(json, Sample.class);
    }

    private static final class FiniteOrNull extends StdSerializer<Double> {
        private static final long serialVersionUID = 1;

        FiniteOrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        }
    }

    private static final class NumberOrNaN extends StdDeserializer<Double> {
        private static final long serialVersionUID = 1;

        NumberOrNaN() {
            super(double.class);
        }

        @Override
        public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return json.getDoubleValue();
        }

        @Override
        public Double getNullValue(DeserializationContext context) {
            return Double.NaN;
        }
    }
}
