package io.tributary.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.failure.Blame;
import io.tributary.failure.ErrorCode;
import io.tributary.house.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is written of the command line is what it does. */
class CommandLineDocsTest {
    @Test
    void theUsageNamesEveryCommandOnceAndNoOther() {
        List<String> named = matches(Pattern.compile("(?m)^  ([a-z-]+) {2,}\\S"), Main.usage());
        assertThat(named).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(Main.commands());
    }

    @Test
    void theLauncherPrintsTheSameUsageWithoutABuild() throws Exception {
        for (String how : List.of("", "help", "--help", "-h")) {
            assertThat(launcher(how)).isEqualTo(Main.usage());
        }
    }

    @Test
    void everyDocumentForProgramsIsDescribed() throws Exception {
        assertThat(CommandLineDocs.documented())
                .hasSizeGreaterThan(15)
                .containsExactlyInAnyOrderElementsOf(withOption("--json", "", new Main().line()));
    }

    @Test
    void everyExitCodeIsDescribed() throws Exception {
        Map<String, String> described = new TreeMap<>();
        CommandLineDocs.rows("cli.md").stream()
                .filter(row -> row.size() == 3 && row.get(0).matches("[0-9]+"))
                .forEach(row -> described.put(row.get(0), row.get(1)));
        assertThat(described).containsEntry("0", "").containsEntry(String.valueOf(Ending.INTERRUPTED), "");
        described.values().removeIf(String::isEmpty);
        Map<String, String> known = new TreeMap<>();
        Arrays.stream(Blame.values()).forEach(blame -> known.put(String.valueOf(blame.exitCode()), lower(blame)));
        assertThat(described).isEqualTo(known);
    }

    @Test
    void everyErrorCodeIsDescribedAndNoOther() throws Exception {
        List<String> described = CommandLineDocs.rows("troubleshooting.md").stream()
                .filter(row -> row.get(0).startsWith("`TRB-"))
                .map(row -> row.get(0).replace("`", "") + " " + row.get(1))
                .toList();
        assertThat(described)
                .containsExactlyElementsOf(Arrays.stream(ErrorCode.values())
                        .map(code -> code.id() + " " + lower(code.blame()))
                        .toList());
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::id)).doesNotHaveDuplicates();
        assertThat(CommandLineDocs.rows("troubleshooting.md"))
                .allSatisfy(row -> assertThat(row).hasSize(5));
    }

    @Test
    void everyErrorCodeIsGivenSomewhere() throws Exception {
        String sources = String.join(
                "",
                Repository.javaSources().stream()
                        .filter(file -> file.toString().contains("/src/main/") && !file.endsWith("ErrorCode.java"))
                        .map(CommandLineDocsTest::read)
                        .toList());
        assertThat(ErrorCode.values())
                .allSatisfy(code -> assertThat(sources).containsPattern("\\b" + code.name() + "\\b"));
    }

    @Test
    void everyVariableOfTheLauncherIsDescribed() throws Exception {
        String launcher = Files.readString(Repository.root().resolve("tributary"));
        List<String> variables = matches(Pattern.compile("\\$\\{([A-Z_]{4,}):-"), launcher);
        assertThat(variables).contains("TRIBUTARY_HEAP", "JAVA_HOME");
        assertThat(CommandLineDocs.text("cli.md"))
                .contains(variables.stream().map(name -> "| `" + name + "` |").toList());
    }

    private static List<String> withOption(String option, String name, CommandLine command) {
        List<String> found = new ArrayList<>();
        if (command.getCommandSpec().findOption(option) != null) {
            found.add(name.strip());
        }
        command.getSubcommands().forEach((sub, line) -> found.addAll(withOption(option, name + " " + sub, line)));
        return found;
    }

    private static List<String> matches(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String launcher(String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Stream.of(Repository.root().resolve("tributary").toString(), argument)
                                .filter(each -> !each.isEmpty())
                                .toList())
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed;
    }

    private static String lower(Blame blame) {
        return blame.name().toLowerCase(Locale.ROOT);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
