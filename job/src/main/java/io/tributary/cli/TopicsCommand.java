package io.tributary.cli;

import io.tributary.corpus.Corpus;
import io.tributary.corpus.SourceTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes and lists the topics of sources. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {TopicsCommand.Create.class, TopicsCommand.Listing.class},
        synopsisSubcommandLabel = "COMMAND",
        description = "The topics of sources in Kafka.")
final class TopicsCommand extends CommandGroup {
    /** One that is there now, and whether it was not before. */
    private record Made(String source, String name, boolean made) {
        String line() {
            return (made ? "Made " : "There already: ") + name;
        }
    }

    /** Makes topics; one that is there already is left as it is. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Make the topics of sources, for documents as long as the job takes.")
    static final class Create implements Callable<Integer>, Checked {
        @Mixin
        private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

        @Mixin
        private KafkaOption kafkaOption = new KafkaOption();

        @Mixin
        private Output output = new Output();

        @Option(
                names = "--source",
                required = true,
                paramLabel = "NAME",
                description = "Of a source; repeat it for each.")
        private List<String> sources = List.of();

        @Option(
                names = "--partitions",
                paramLabel = "N",
                description =
                        "Of each topic; only with one is the order of its documents kept (default: ${DEFAULT-VALUE}).")
        private int partitions = 1;

        @Option(
                names = "--replication",
                paramLabel = "N",
                description = "Copies of each partition (default: as the broker chooses).")
        private Optional<Integer> replication = Optional.empty();

        @Override
        public List<String> problems() {
            List<String> problems = new ArrayList<>(kafkaOption.problems());
            sources.stream()
                    .filter(source -> !Corpus.isName(source))
                    .forEach(source ->
                            problems.add("--source: '" + source + "' cannot name a source: " + Corpus.NAME_RULE));
            if (partitions < 1) {
                problems.add("--partitions " + partitions + " is less than 1");
            }
            replication.ifPresent(copies -> {
                if (copies < 1 || copies > Short.MAX_VALUE) {
                    problems.add("--replication " + copies + " is not between 1 and " + Short.MAX_VALUE);
                }
            });
            return problems;
        }

        @Override
        public Integer call() throws Exception {
            KafkaOption.Broker kafka = kafkaOption.open(place.folder);
            Optional<Short> copies = replication.map(Integer::shortValue);
            try (SourceTopics topics = new SourceTopics(kafka.properties(), kafka.topicPrefix())) {
                List<Made> all = new ArrayList<>();
                for (String source : sources) {
                    boolean made = topics.create(source, partitions, copies, kafka.maxDocumentBytes());
                    all.add(new Made(source, kafka.topicPrefix() + source, made));
                }
                output.print(all, () -> all.stream().map(Made::line).toList());
            }
            return ExitCode.OK;
        }
    }

    /** Lists topics. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "List the topics of sources, with the records that they hold.")
    static final class Listing implements Callable<Integer>, Checked {
        @Mixin
        private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

        @Mixin
        private KafkaOption kafkaOption = new KafkaOption();

        @Mixin
        private Output output = new Output();

        @Override
        public List<String> problems() {
            return kafkaOption.problems();
        }

        @Override
        public Integer call() throws Exception {
            KafkaOption.Broker kafka = kafkaOption.open(place.folder);
            try (SourceTopics topics = new SourceTopics(kafka.properties(), kafka.topicPrefix())) {
                List<SourceTopics.Topic> all = topics.list();
                output.print(
                        all,
                        () -> Table.render(
                                List.of("source", "topic", "partitions", "copies", "records"),
                                all.stream().map(Listing::row).toList()));
            }
            return ExitCode.OK;
        }

        private static List<String> row(SourceTopics.Topic topic) {
            return List.of(
                    topic.source(),
                    topic.name(),
                    String.valueOf(topic.partitions()),
                    String.valueOf(topic.replication()),
                    String.format(Locale.ROOT, "%,d", topic.records()));
        }
    }
}
