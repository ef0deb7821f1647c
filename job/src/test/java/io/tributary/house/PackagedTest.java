package io.tributary.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the build has packed; it runs after that, with {@code mvn verify}. */
class PackagedTest {
    private static final Path TARGET = Repository.root().resolve("job/target");
    private static final Path JOB_JAR = TARGET.resolve("tributary-job.jar");
    /** Of these a cluster has one copy. Native libraries of two class loaders would not load at all. */
    private static final String CLUSTERS_OWN =
            "(ai/djl|native/lib|pytorch|org/apache/flink/(api|core|runtime|streaming/(api|runtime)|client)|org/slf4j"
                    + "|org/apache/logging|scala|picocli)/.*|kafka/.*class";

    @Test
    void theJobJarHoldsWhatAJobBrings() throws Exception {
        assertThat(entries(JOB_JAR))
                .contains(
                        "io/tributary/job/TrainingJob.class",
                        "io/tributary/flow/TrainOperator.class",
                        "io/tributary/kafka/CorpusSource.class",
                        "org/apache/flink/connector/kafka/source/KafkaSource.class",
                        "org/apache/flink/connector/base/source/reader/SourceReaderBase.class",
                        "org/apache/kafka/clients/consumer/KafkaConsumer.class",
                        "com/github/luben/zstd/Zstd.class",
                        "net/jpountz/lz4/LZ4Factory.class",
                        "org/xerial/snappy/Snappy.class",
                        "com/fasterxml/jackson/dataformat/yaml/YAMLMapper.class",
                        "org/yaml/snakeyaml/Yaml.class");
        try (JarFile jar = new JarFile(JOB_JAR.toFile())) {
            Manifest manifest = jar.getManifest();
            assertThat(manifest.getMainAttributes().getValue("Main-Class")).isEqualTo("io.tributary.job.TrainingMain");
        }
    }

    @Test
    void theJobJarHoldsNothingThatAClusterHas() throws Exception {
        assertThat(entries(JOB_JAR)).noneMatch(name -> name.matches(CLUSTERS_OWN));
    }

    @Test
    void theClusterHasFlinkAndTheEngineButNothingThatAJobBrings() throws Exception {
        Set<String> classes = entriesOf("lib");
        assertThat(classes)
                .contains(
                        "ai/djl/engine/Engine.class",
                        "ai/djl/pytorch/engine/PtEngine.class",
                        "ai/djl/sentencepiece/SpTokenizer.class",
                        "pytorch/cpu/linux-x86_64/libtorch_cpu.so",
                        "org/apache/flink/runtime/taskexecutor/TaskManagerRunner.class",
                        "org/apache/flink/runtime/webmonitor/WebSubmissionExtension.class",
                        "org/apache/logging/log4j/core/Logger.class",
                        "org/slf4j/impl/StaticLoggerBinder.class")
                .noneMatch(name -> name.matches("(io/tributary|org/apache/kafka|kafka|picocli|scala"
                        + "|com/fasterxml|org/apache/flink/connector/(base|kafka))/.*"));
    }

    @Test
    void nothingIsOnTheClassPathTwice() throws Exception {
        List<String> both = Stream.concat(jars("lib").stream(), jars("job-lib").stream())
                .map(jar -> jar.getFileName().toString().replaceAll("-[0-9].*", ""))
                .toList();
        assertThat(both).hasSizeGreaterThan(80).doesNotHaveDuplicates();
    }

    @Test
    void noClassIsInTwoJarsSoThatTheirOrderDoesNotMatter() throws Exception {
        Map<String, String> seen = new HashMap<>();
        Set<String> twice = new TreeSet<>();
        for (Path jar :
                Stream.concat(jars("lib").stream(), jars("job-lib").stream()).toList()) {
            String name = jar.getFileName().toString();
            for (String entry : entries(jar)) {
                if (entry.endsWith(".class") && !entry.endsWith("-info.class") && !entry.startsWith("META-INF/")) {
                    String other = seen.put(entry, name);
                    if (other != null) {
                        twice.add(other + " and " + name + " have " + entry);
                    }
                }
            }
        }
        assertThat(seen).hasSizeGreaterThan(20_000);
        assertThat(twice).isEmpty();
    }

    private static Set<String> entriesOf(String folder) throws IOException {
        Set<String> all = new TreeSet<>();
        for (Path jar : jars(folder)) {
            all.addAll(entries(jar));
        }
        return all;
    }

    private static List<Path> jars(String folder) throws IOException {
        try (Stream<Path> files = Files.list(TARGET.resolve(folder))) {
            return files.toList();
        }
    }

    private static Set<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return new TreeSet<>(file.stream().map(ZipEntry::getName).toList());
        }
    }
}
