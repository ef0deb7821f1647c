package io.tributary.cli;

import io.tributary.ledger.DeadLetters;
import io.tributary.ledger.DeadLetters.Letter;
import io.tributary.ledger.Replay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the records that no job could train, and sends them again. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {DeadLettersCommand.Listing.class, DeadLettersCommand.Again.class},
        synopsisSubcommandLabel = "COMMAND",
        description = "The records that could not be trained, where they came from, and why.")
final class DeadLettersCommand extends CommandGroup {
    /** Which letters are meant. */
    static final class Choice {
        @Option(names = "--source", paramLabel = "NAME", description = "Those of one source.")
        private Optional<String> source = Optional.empty();

        @Option(names = "--stage", paramLabel = "NAME", description = "Those of one stage, such as decode.")
        private Optional<String> stage = Optional.empty();

        @Option(names = "--reason", paramLabel = "TEXT", description = "Those whose reason contains this.")
        private Optional<String> reason = Optional.empty();

        boolean holds(Letter letter, String topicPrefix) {
            return source.map(name -> letter.topic().equals(topicPrefix + name)).orElse(true)
                    && stage.map(name -> letter.stage().equals(name)).orElse(true)
                    && reason.map(text -> letter.reason().contains(text)).orElse(true);
        }
    }

    /** Lists letters. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "List dead letters with their origin, stage and reason.")
    static final class Listing implements Callable<Integer>, Checked {
        @Mixin
        private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

        @Mixin
        private KafkaOption kafkaOption = new KafkaOption();

        @Mixin
        private Output output = new Output();

        @Mixin
        private Choice choice = new Choice();

        @Option(names = "--count", description = "Only how many there are.")
        private boolean count;

        @Override
        public List<String> problems() {
            return kafkaOption.problems();
        }

        @Override
        public Integer call() throws Exception {
            KafkaOption.Broker kafka = kafkaOption.open(place.folder);
            List<Letter> letters = new DeadLetters(kafka.properties())
                    .list().stream()
                            .filter(letter -> choice.holds(letter, kafka.topicPrefix()))
                            .toList();
            if (count) {
                output.print(Map.of("count", letters.size()), () -> List.of(String.valueOf(letters.size())));
            } else {
                output.print(
                        letters.stream().map(DeadLettersCommand::values).toList(),
                        () -> letters.isEmpty() ? List.of("No dead letters") : lines(letters));
            }
            return ExitCode.OK;
        }
    }

    private static List<String> lines(List<Letter> letters) {
        return letters.stream().map(DeadLettersCommand::line).toList();
    }

    private static Map<String, Object> values(Letter letter) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("letter", letter.id());
        values.put("topic", letter.topic());
        values.put("partition", letter.originPartition());
        values.put("offset", letter.originOffset());
        values.put("time", letter.time().toString());
        values.put("stage", letter.stage());
        values.put("reason", letter.reason());
        letter.bytes().ifPresent(bytes -> values.put("bytes", bytes));
        values.put("cut", letter.cut());
        values.put("replayed", letter.replayed());
        return values;
    }

    /** Sends letters again. */
    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = {
                "Send dead letters again, as they were, to the topics that they came from.",
                "",
                "Without --yes it is only said what would be sent. Each is sent once, however often this is called."
            })
    static final class Again implements Callable<Integer>, Checked {
        @Mixin
        private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

        @Mixin
        private KafkaOption kafkaOption = new KafkaOption();

        @Mixin
        private Output output = new Output();

        @Mixin
        private Choice choice = new Choice();

        @Option(names = "--to-source", paramLabel = "NAME", description = "To the topic of this source instead.")
        private Optional<String> toSource = Optional.empty();

        @Option(names = "--yes", description = "Send them.")
        private boolean yes;

        @Override
        public List<String> problems() {
            return kafkaOption.problems();
        }

        @Override
        public Integer call() throws Exception {
            KafkaOption.Broker kafka = kafkaOption.open(place.folder);
            DeadLetters letters = new DeadLetters(kafka.properties());
            List<Letter> chosen = letters.list().stream()
                    .filter(letter -> choice.holds(letter, kafka.topicPrefix()) && !letter.replayed())
                    .toList();
            List<Letter> possible = chosen.stream().filter(Replay::possible).toList();
            List<Letter> hindered =
                    chosen.stream().filter(letter -> !Replay.possible(letter)).toList();
            hindered.forEach(letter -> output.progress()
                    .println("Not sent again, " + Replay.hindrance(letter).orElseThrow() + ":  " + line(letter)));
            long sent = 0;
            if (yes && !possible.isEmpty()) {
                Replay replay = new Replay(letters, toSource.map(name -> kafka.topicPrefix() + name));
                sent = replay.send(letter -> choice.holds(letter, kafka.topicPrefix()));
            }
            print(sent, possible, hindered);
            return ExitCode.OK;
        }

        private void print(long sent, List<Letter> possible, List<Letter> hindered) throws IOException {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("sent", sent);
            document.put(
                    "possible",
                    possible.stream().map(DeadLettersCommand::values).toList());
            document.put(
                    "hindered",
                    hindered.stream().map(DeadLettersCommand::values).toList());
            output.print(document, () -> {
                if (yes) {
                    return List.of(
                            possible.isEmpty()
                                    ? "There is nothing to send again"
                                    : String.format(Locale.ROOT, "Sent %,d dead letters again", sent));
                }
                List<String> lines = new ArrayList<>(lines(possible));
                lines.add(
                        String.format(Locale.ROOT, "%,d dead letters would be sent again: say --yes", possible.size()));
                return lines;
            });
        }
    }

    private static String line(Letter letter) {
        return String.format(
                Locale.ROOT,
                "%s  %s-%d offset %,d  %s  %s  %s bytes%s%s  %s",
                letter.id(),
                letter.topic(),
                letter.originPartition(),
                letter.originOffset(),
                letter.time(),
                letter.stage(),
                letter.bytes()
                        .map(bytes -> String.format(Locale.ROOT, "%,d", bytes))
                        .orElse("no"),
                letter.cut() ? " (cut)" : "",
                letter.replayed() ? " (replayed)" : "",
                letter.reason());
    }
}
