package io.tributary.tensorboard;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.record.RoundReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The folder of one training for TensorBoard: a run for each source, with a curve for each figure over the tokens that
 * the source has trained. Which rounds are written stands beside them, so that none is written twice: not a report that
 * comes again after a failure, and not when the folder is continued later. Used by one thread.
 */
public final class EventFolder implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final long nowMs;
    private final Map<String, EventFile> runs = new TreeMap<>();
    private final Map<String, Long> written;
    private long skipped;

    /**
     * Begins or continues a folder.
     *
     * @param nowMs since 1970; new files are named after it
     * @throws IOException if it cannot be read or made
     */
    public EventFolder(Path folder, long nowMs) throws IOException {
        this.folder = folder;
        this.nowMs = nowMs;
        Files.createDirectories(folder);
        Path rounds = rounds();
        try {
            written = Files.exists(rounds)
                    ? new TreeMap<>(JSON.readValue(rounds.toFile(), new TypeReference<Map<String, Long>>() {}))
                    : new TreeMap<>();
        } catch (IOException e) {
            throw new IOException(rounds + " is damaged: name another folder, and all is written anew", e);
        }
    }

    /**
     * Adds a report, unless that of a later round or this one is there.
     *
     * @param timestampMs when the report was made
     */
    public void add(long timestampMs, RoundReport report) throws IOException {
        if (report.round() <= written.getOrDefault(report.source(), -1L)) {
            skipped++;
            return;
        }
        EventFile run = runs.get(report.source());
        if (run == null) {
            run = EventFile.in(folder.resolve(report.source()), nowMs);
            runs.put(report.source(), run);
        }
        run.add(timestampMs, report.totalTokens(), values(report));
        written.put(report.source(), report.round());
    }

    private static Map<String, Double> values(RoundReport report) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", report.trainLoss());
        values.put("bits_per_byte", report.validationBitsPerByte());
        values.put("unigram_bits_per_byte", report.unigramBitsPerByte());
        values.put("tokens_per_second", report.tokensPerSecond());
        values.put("flops_per_second", report.flopsPerSecond());
        values.put("round", (double) report.round());
        values.put("steps", (double) report.steps());
        values.put("vocabulary", (double) report.vocabularySize());
        return values;
    }

    /** Reports that were there already. */
    public long skipped() {
        return skipped;
    }

    /** Writes down what is written; reports that were added since the last time may be written twice without it. */
    public void commit() throws IOException {
        Path next = folder.resolve("rounds.json.next");
        JSON.writeValue(next.toFile(), written);
        Files.move(next, rounds(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path rounds() {
        return folder.resolve("rounds.json");
    }

    @Override
    public void close() throws IOException {
        for (EventFile run : runs.values()) {
            run.close();
        }
    }
}
