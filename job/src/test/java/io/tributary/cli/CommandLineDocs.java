package io.tributary.cli;

import io.tributary.house.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** What docs/cli.md and docs/troubleshooting.md say. */
final class CommandLineDocs {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private CommandLineDocs() {}

    static String text(String name) throws IOException {
        return Files.readString(Repository.root().resolve("docs").resolve(name));
    }

    /** The cells of all rows of tables, without headers. */
    static List<List<String>> rows(String name) throws IOException {
        return text(name)
                .lines()
                .filter(line -> line.startsWith("| ") && line.endsWith(" |"))
                .map(line -> Arrays.stream(line.substring(2, line.length() - 2).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    /** The commands that print a document, by groups of those that print the same. */
    static List<String> documented() throws IOException {
        return documents().stream().flatMap(row -> codes(row.get(0)).stream()).toList();
    }

    /** The fields of the document that a command prints. */
    static List<String> fields(String... args) throws IOException {
        String name = name(args);
        return documents().stream()
                .filter(row -> codes(row.get(0)).contains(name))
                .flatMap(row -> codes(row.get(2)).stream())
                .toList();
    }

    private static List<List<String>> documents() throws IOException {
        return rows("cli.md").stream()
                .filter(row -> row.size() == 3 && List.of("object", "list").contains(row.get(1)))
                .toList();
    }

    static List<String> codes(String cell) {
        List<String> codes = new ArrayList<>();
        for (Matcher code = CODE.matcher(cell); code.find(); ) {
            codes.add(code.group(1));
        }
        return codes;
    }

    /** Of the command that a command line begins with, as in {@code topics list}. */
    private static String name(String... args) {
        CommandLine command = new Main().line();
        List<String> name = new ArrayList<>();
        for (String arg : args) {
            Optional<CommandLine> next =
                    Optional.ofNullable(command.getSubcommands().get(arg));
            if (next.isEmpty()) {
                break;
            }
            name.add(arg);
            command = next.get();
        }
        return String.join(" ", name);
    }
}
