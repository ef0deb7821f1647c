package io.tributary.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The step program as files, for whoever runs the very same step elsewhere ({@code torch.jit.load} of PyTorch). */
public final class SavedProgram {
    private SavedProgram() {}

    /**
     * Writes {@code step.pt}, the archive, and {@code step.json}: the lengths of the body's tensors and the settings that
     * its methods want, and what they were made of.
     *
     * @param folder made if it is not there
     */
    public static void write(ModelShape shape, Computing computing, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.write(
                folder.resolve("step.pt"),
                ProgramArchive.of("Decoder", shape.architecture().program()));
        Files.writeString(
                folder.resolve("step.json"),
                """
                {"architecture": "%s", "layers": %d, "width": %d, "heads": %d, "sequenceLength": %d,
                 "learnsPositions": %s, "sizes": %s, "settings": %s}
                """
                        .formatted(
                                shape.architecture().name(),
                                shape.layers(),
                                shape.width(),
                                shape.heads(),
                                shape.sequenceLength(),
                                shape.learnsPositions(),
                                Arrays.toString(BodyLayout.of(shape).sizes()),
                                Arrays.toString(settings(shape, computing))));
    }

    /** The settings of the step program, in the order that its text gives. */
    static long[] settings(ModelShape shape, Computing computing) {
        long[] own = shape.architecture().settings();
        long[] all = Arrays.copyOf(
                new long[] {shape.width(), computing.precision().scalarType(), computing.microBatchRows(), shape.heads()
                },
                4 + own.length);
        System.arraycopy(own, 0, all, 4, own.length);
        return all;
    }
}
