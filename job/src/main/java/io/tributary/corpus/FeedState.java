package io.tributary.corpus;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;

/**
 * Where it is written down how far a file was sent to a topic: one small file for each file, topic and Kafka cluster.
 *
 * @param place of that small file
 * @param text the file that is sent
 */
public record FeedState(Path place, Path text) {
    private static final int HEAD_BYTES = 4096;
    private static final int NAME_DIGITS = 24;

    /**
     * The state of one file.
     *
     * @param folder of all states
     * @param cluster Kafka's own name of the cluster
     */
    public static FeedState of(Path folder, String cluster, String topic, Path text) {
        Path file = text.toAbsolutePath().normalize();
        byte[] key = String.join("\n", cluster, topic, file.toString()).getBytes(StandardCharsets.UTF_8);
        String name = HexFormat.of().formatHex(sha256(key)).substring(0, NAME_DIGITS);
        return new FeedState(folder.resolve(name + ".properties"), file);
    }

    /**
     * The offset in the unpacked text up to which Kafka has it; none if nothing is known.
     *
     * @throws IOException if the file no longer begins as it did, or the state cannot be read
     */
    public Optional<Long> offset() throws IOException {
        Properties state = new Properties();
        try (Reader in = Files.newBufferedReader(place)) {
            state.load(in);
            int headBytes = Integer.parseInt(state.getProperty("headBytes", ""));
            if (!head(headBytes).equals(state.getProperty("head"))) {
                throw new Failure(
                        ErrorCode.TEXT_CHANGED,
                        text
                                + " does not begin as it did when it was sent, so it is another text now. Without --resume it is sent from its beginning");
            }
            return Optional.of(Long.parseLong(state.getProperty("offset", "")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IOException(place + " is damaged: remove it, and send the text from its beginning", e);
        }
    }

    /** Writes down an offset, so that a crash leaves this one or the one before. */
    void write(String topic, long offset) throws IOException {
        int headBytes = (int) Math.min(HEAD_BYTES, Files.size(text));
        Properties state = new Properties();
        state.setProperty("file", text.toString());
        state.setProperty("topic", topic);
        state.setProperty("offset", String.valueOf(offset));
        state.setProperty("headBytes", String.valueOf(headBytes));
        state.setProperty("head", head(headBytes));
        Files.createDirectories(place.toAbsolutePath().getParent());
        Path next = place.resolveSibling(place.getFileName() + ".next");
        try (Writer out = Files.newBufferedWriter(next)) {
            state.store(out, "How far a file was sent to Kafka");
        }
        Files.move(next, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String head(int bytes) throws IOException {
        byte[] head = new byte[bytes];
        try (InputStream in = Files.newInputStream(text)) {
            int length = in.readNBytes(head, 0, bytes);
            return HexFormat.of().formatHex(sha256(Arrays.copyOf(head, length)));
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }
}
