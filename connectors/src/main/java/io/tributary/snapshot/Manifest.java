package io.tributary.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.SortedMap;
import org.apache.flink.core.fs.Path;

/**
 * {@code manifest.json}, the last file of a snapshot: what the snapshot is of, and every other file in it. Its bytes
 * follow from its content alone, since keys are sorted.
 *
 * @param round the snapshot holds the parameters that this round starts from
 * @param files by path relative to the snapshot's folder
 * @param sources by name
 */
public record Manifest(
        int formatVersion,
        long round,
        SnapshotFacts facts,
        SortedMap<String, File> files,
        SortedMap<String, Source> sources) {
    /** The version that is written; every version up to it is read. */
    static final int FORMAT_VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    /**
     * A file of the snapshot.
     *
     * @param length in bytes
     * @param sha256 in hexadecimal
     */
    public record File(long length, String sha256) {}

    /**
     * A source in the snapshot.
     *
     * @param folder relative to the snapshot's
     * @param pieces that it has embeddings of
     */
    public record Source(String folder, long pieces) {}

    byte[] toJson() {
        // Line ends of the platform would make the bytes depend on the machine.
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        try {
            return JSON.writer(printer).writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The facts of the snapshot are not what JSON can hold: " + e.getOriginalMessage(), e);
        }
    }

    static Manifest read(Path file) throws IOException {
        try (InputStream in = file.getFileSystem().open(file)) {
            JsonNode root = JSON.readTree(in);
            int version = root.path("formatVersion").asInt();
            if (version > FORMAT_VERSION) {
                throw new Failure(
                        ErrorCode.SNAPSHOT_BROKEN,
                        "%s has format version %d, and this Tributary reads up to %d: use a newer one"
                                .formatted(file, version, FORMAT_VERSION));
            }
            return JSON.treeToValue(root, Manifest.class);
        } catch (JsonProcessingException e) {
            throw new Failure(
                    ErrorCode.SNAPSHOT_BROKEN, "%s is damaged: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }
}
