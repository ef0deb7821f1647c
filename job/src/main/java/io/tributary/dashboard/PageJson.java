package io.tributary.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tributary.dashboard.History.Series;
import io.tributary.dashboard.History.SourceState;
import io.tributary.dashboard.History.State;
import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What the page asks for, as JSON. A number that is not known is null. */
final class PageJson {
    /** More than a screen can show; a payload of half the size. */
    private static final MathContext DRAWN = new MathContext(5);

    private static final JsonFactory FACTORY = new JsonFactory();

    private PageJson() {}

    static byte[] version(long version, long nowMillis) {
        return object(json -> {
            json.writeNumberField("version", version);
            json.writeNumberField("now", nowMillis);
        });
    }

    static byte[] series(Series series) {
        return object(json -> {
            json.writeNumberField("version", series.version());
            json.writeNumberField("width", series.width());
            json.writeFieldName("rounds");
            json.writeArray(series.rounds(), 0, series.rounds().length);
            json.writeObjectFieldStart("values");
            for (Map.Entry<String, double[]> source : series.values().entrySet()) {
                json.writeArrayFieldStart(source.getKey());
                for (double value : source.getValue()) {
                    drawn(json, value);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        });
    }

    static byte[] state(State state, OptionalDouble peakFlops, long nowMillis) {
        return object(json -> {
            json.writeNumberField("version", state.version());
            json.writeNumberField("now", nowMillis);
            json.writeStringField("status", state.status());
            number(json, "tokensPerSecond", state.tokensPerSecond());
            number(json, "flopsPerSecond", state.flopsPerSecond());
            number(json, "shareOfPeak", state.flopsPerSecond() / peakFlops.orElse(Double.NaN));
            number(json, "bytesPerRound", state.bytesPerRound());
            json.writeArrayFieldStart("sources");
            for (SourceState source : state.sources()) {
                source(json, source);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("expected");
            for (String source : state.expected()) {
                json.writeString(source);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("written");
            for (Map.Entry<String, Sample> written : state.written().entrySet()) {
                json.writeStartObject();
                json.writeStringField("source", written.getKey());
                json.writeNumberField("round", written.getValue().round());
                json.writeStringField("prompt", written.getValue().prompt());
                json.writeStringField("text", written.getValue().text());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void source(JsonGenerator json, SourceState source) throws IOException {
        RoundReport latest = source.latest();
        json.writeStartObject();
        json.writeStringField("name", latest.source());
        json.writeNumberField("round", latest.round());
        json.writeStringField("participation", latest.participation().name().toLowerCase(Locale.ROOT));
        json.writeBooleanField("silent", source.silent());
        json.writeNumberField("rounds", source.rounds());
        json.writeNumberField("tokens", latest.totalTokens());
        number(json, "loss", latest.trainLoss());
        number(json, "first", source.firstBitsPerByte());
        number(json, "last", source.lastBitsPerByte());
        number(json, "unigram", latest.unigramBitsPerByte());
        number(json, "tokensPerSecond", latest.tokensPerSecond());
        number(json, "bytes", Metric.BYTES.of(latest));
        json.writeNumberField("queued", latest.queuedBatches());
        json.writeNumberField("seen", source.seen().toEpochMilli());
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String name, double value) throws IOException {
        json.writeFieldName(name);
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    private static void drawn(JsonGenerator json, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(new BigDecimal(value, DRAWN).stripTrailingZeros().toString());
        } else {
            json.writeNull();
        }
    }

    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] object(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot happen in memory", e);
        }
        return bytes.toByteArray();
    }
}
