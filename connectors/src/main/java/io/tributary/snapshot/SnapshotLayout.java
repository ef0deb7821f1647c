package io.tributary.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.flink.core.fs.Path;

/** The names inside a folder of snapshots. */
final class SnapshotLayout {
    static final String MANIFEST = "manifest.json";
    /** At the top, or in the folder of a source that has a body of its own. */
    static final String BODY = "body.safetensors";

    /** In the folder of a source, or at the top where all share them. */
    static final String EMBEDDINGS = "embeddings.safetensors";
    /** Relative to the folder of a source. */
    static final String TOKENIZER = "tokenizer.model";

    /** Relative to the folder of a source: for each row of its token embedding, the id of the piece, a line each. */
    static final String HELD_PIECES = "held_pieces.txt";

    /** Relative to the folder of a source. */
    static final String COUNTS = "counts.json";

    private static final String PREFIX = "round-";

    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    private SnapshotLayout() {}

    static Path finished(Path root, long round) {
        return new Path(root, name(round));
    }

    /** Hidden, as it is not a snapshot yet. */
    static Path unfinished(Path root, long round) {
        return new Path(root, "." + name(round) + ".tmp");
    }

    /** Where a snapshot stands while another takes its place. */
    static Path replaced(Path root, long round) {
        return new Path(root, "." + name(round) + ".old");
    }

    static boolean isFinished(String folderName) {
        return folderName.matches(PREFIX + "\\d{6,19}");
    }

    /** Six digits at least, so that names sort as rounds do, for a long time. */
    private static String name(long round) {
        return PREFIX + String.format(Locale.ROOT, "%06d", round);
    }

    static String sourceFolder(String source) {
        return "sources/" + encode(source);
    }

    /**
     * The name of a source as the name of a folder: percent-encoded, except letters, digits, {@code -}, {@code _} and
     * any dot but a leading one, so that any decoder of URLs gives the name back. Names that Kafka allows stay as they are, unless they begin with a dot: those would be
     * hidden, or lead out of the folder.
     */
    static String encode(String source) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : source.getBytes(StandardCharsets.UTF_8)) {
            boolean leadingDot = b == '.' && encoded.isEmpty();
            if (PLAIN.indexOf(b) >= 0 && !leadingDot) {
                encoded.append((char) b);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", b));
            }
        }
        return encoded.toString();
    }
}
