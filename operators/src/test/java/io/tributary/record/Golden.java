package io.tributary.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * A format and, for each version that it ever wrote, the records that are in that version's golden file, as today's
 * reader gives them back.
 *
 * <p>A new version is one more line, {@code .version(2, ...)}; {@link GoldenFormatsTest} says how its file is made.
 */
public record Golden<T>(WireFormat<T> format, SortedMap<Integer, List<T>> examples) {
    private static final Path FOLDER = Path.of("src/test/resources/formats");

    /** The records of version 1. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <T> Golden<T> of(WireFormat<T> format, T... examples) {
        return new Golden<>(format, new TreeMap<>(Map.of(1, List.of(examples))));
    }

    /** Adds the records of a later version. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final Golden<T> version(int version, T... versionExamples) {
        SortedMap<Integer, List<T>> more = new TreeMap<>(examples);
        more.put(version, List.of(versionExamples));
        return new Golden<>(format, more);
    }

    /** Each version of the format. */
    Stream<Version<T>> versions() {
        return examples.keySet().stream().map(number -> new Version<>(this, number));
    }

    Version<T> current() {
        return new Version<>(this, format.version());
    }

    @Override
    public String toString() {
        return format.getClass().getSimpleName();
    }

    /** One version of a format. */
    record Version<T>(Golden<T> golden, int number) {
        Path file() {
            return FOLDER.resolve("%s-v%d.bin".formatted(golden, number));
        }

        List<T> records() {
            return golden.examples().getOrDefault(number, List.of());
        }

        /** What today's writer makes of the records. */
        byte[] written() {
            DataOutputSerializer out = new DataOutputSerializer(256);
            try {
                for (T record : records()) {
                    golden.format().write(record, out);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.getCopyOfBuffer();
        }

        /** The kinds of records that a sealed type has, or the type itself. */
        static Stream<Class<?>> kinds(Class<?> type) {
            return type.isSealed()
                    ? Arrays.stream(type.getPermittedSubclasses()).flatMap(Version::kinds)
                    : Stream.of(type);
        }

        @Override
        public String toString() {
            return golden + " version " + number;
        }
    }
}
