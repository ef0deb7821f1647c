package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.flow.FlowExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every format reads what any release has ever written: the bytes are in {@code src/test/resources/formats}, a file for
 * each version.
 *
 * <p>Whoever changes a format raises its version, keeps the reader of the old one, adds {@code .version(n, records...)} to
 * {@link RecordExamples} or {@link FlowExamples}, and runs this test with {@code -Dtributary.golden.write=true} once. That
 * writes the files that are missing, of the current version only, and never changes one that is there.
 */
class GoldenFormatsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final String WRITE = "tributary.golden.write";
    private static final String TO_DO =
            "raise the version, keep the reader of the old one, add the records of the new one to the examples, and run"
                    + " this test once with -D" + WRITE + "=true";

    static List<Golden<?>> goldens() {
        return Stream.concat(RecordExamples.all().stream(), FlowExamples.all().stream())
                .toList();
    }

    static List<Golden.Version<?>> versions() {
        List<Golden.Version<?>> versions = new ArrayList<>();
        goldens().forEach(golden -> golden.versions().forEach(versions::add));
        return versions;
    }

    @BeforeAll
    static void writeWhatIsMissing() throws IOException {
        if (Boolean.getBoolean(WRITE)) {
            for (Golden<?> golden : goldens()) {
                Golden.Version<?> current = golden.current();
                if (!current.records().isEmpty() && Files.notExists(current.file())) {
                    Files.createDirectories(current.file().getParent());
                    Files.write(current.file(), current.written(), StandardOpenOption.CREATE_NEW);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    <T> void everyVersionThatWasEverWrittenIsRead(Golden.Version<T> version) throws IOException {
        assertThat(version.file()).as(TO_DO).exists();
        DataInputDeserializer in = new DataInputDeserializer(Files.readAllBytes(version.file()));
        List<T> read = new ArrayList<>();
        for (T unused : version.records()) {
            read.add(version.golden().format().read(version.number(), in));
        }

        assertThat(read)
                .usingRecursiveComparison()
                .withComparatorForType(Float::compare, Float.class)
                .withComparatorForType(Double::compare, Double.class)
                .isEqualTo(version.records());
        assertThat(in.available()).as("bytes that were not read").isZero();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    <T> void whatIsWrittenTodayAreTheBytesOfTheCurrentVersion(Golden<T> golden) throws IOException {
        Golden.Version<T> current = golden.current();

        assertThat(current.file()).as(TO_DO).exists();
        assertThat(current.written())
                .as("%s writes other bytes under an old version: %s", golden, TO_DO)
                .isEqualTo(Files.readAllBytes(current.file()));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void everyVersionAndEveryKindOfRecordHasAnExample(Golden<?> golden) {
        assertThat(golden.examples().keySet())
                .as(TO_DO)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, golden.format().version())
                                .boxed()
                                .toList());
        assertThat(golden.current().records().stream().<Class<?>>map(Object::getClass))
                .as("kinds of %s: a new kind is a new version; %s", golden, TO_DO)
                .containsAll(Golden.Version.kinds(golden.format().type()).toList());
    }

    @Test
    void noFormatIsWithoutGoldenFiles() throws IOException {
        assertThat(goldens())
                .extracting(golden -> golden.format().getClass().getName())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(formatsInTheSources());
    }

    private static List<String> formatsInTheSources() throws IOException {
        List<String> formats = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file).contains("implements WireFormat<")) {
                    String name = SOURCES.relativize(file).toString().replace('/', '.');
                    formats.add(name.substring(0, name.length() - ".java".length()));
                }
            }
        }
        assertThat(formats).hasSizeGreaterThan(15);
        return formats;
    }

    @Test
    void noGoldenFileIsLeftOver() throws IOException {
        try (Stream<Path> files = Files.list(versions().get(0).file().getParent())) {
            assertThat(files)
                    .containsExactlyInAnyOrderElementsOf(
                            versions().stream().map(Golden.Version::file).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    <T> void aVersionThatIsNewerThanTheReaderIsRefused(Golden<T> golden) throws IOException {
        int newer = golden.format().version() + 1;
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, new WireSerializerSnapshot<>(golden.format(), newer));
        TypeSerializerSnapshot<T> snapshot = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());

        assertThatThrownBy(snapshot::restoreSerializer)
                .hasMessage(
                        "%s reads versions 1 to %d, but the state has version %d: it was written by a newer Tributary; resume with that release or a newer one",
                        golden, newer - 1, newer);
    }
}
