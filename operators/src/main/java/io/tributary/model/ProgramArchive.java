package io.tributary.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive around a program's text, as {@code torch.jit.save} would write it: a zip of stored entries with
 * the code, a pickled module without parameters, no constants, and the version of the operators.
 */
final class ProgramArchive {
    /** Operators as of PyTorch 1.12 and later; with lower numbers older signatures apply (GELU without a variant). */
    private static final String OPERATOR_VERSION = "10\n";

    private static final byte[] EMPTY_TUPLE = pickle("", ")");

    private ProgramArchive() {}

    /** The archive of {@code decoder.torchscript}, whose module is called Decoder. */
    static byte[] decoder() {
        return read("decoder.torchscript", "Decoder");
    }

    /** The archive of {@code probe.torchscript}, whose module is called Probe. */
    static byte[] probe() {
        return read("probe.torchscript", "Probe");
    }

    private static byte[] read(String name, String module) {
        try (InputStream text = ProgramArchive.class.getResourceAsStream(name)) {
            if (text == null) {
                throw new IllegalStateException(name + " is missing beside " + ProgramArchive.class);
            }
            return of(module, text.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the class path", e);
        }
    }

    private static byte[] of(String module, byte[] program) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            // The name of the top folder is free, but the reader wants one.
            store(
                    zip,
                    "step/data.pkl",
                    pickle("c__torch__\n" + module + "\n", ")\u0081}X\u0008\0\0\0training\u0088sb"));
            store(zip, "step/code/__torch__.py", program);
            store(zip, "step/constants.pkl", EMPTY_TUPLE);
            store(zip, "step/version", OPERATOR_VERSION.getBytes(StandardCharsets.US_ASCII));
        }
        return archive.toByteArray();
    }

    /**
     * A pickle of protocol 2. The module's reads: take the class (c), call it with no arguments (empty tuple, NEWOBJ),
     * then from an empty dictionary (}) the key "training" (X and its length) with the value True (0x88) make its
     * state (s, b).
     */
    private static byte[] pickle(String type, String operations) {
        return ("\u0080\2" + type + operations + ".").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Uncompressed, as libtorch insists. */
    private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(data);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        entry.setCrc(checksum.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }
}
