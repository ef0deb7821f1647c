package io.tributary.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusFileTest {
    @TempDir
    Path folder;

    @Test
    void blankLinesSeparateDocumentsOfPlainText() throws Exception {
        Path file = write("a.txt", "one\ntwo\n\n \nthree\r\n\r\nfour\n");
        assertThat(CorpusFile.read("a", file).documents()).containsExactly("one\ntwo", "three", "four");
    }

    @Test
    void anyNumberOfBlankLinesIsOneBreak() throws Exception {
        Path file = write("a.txt", "\n".repeat(100_000) + "one" + "\n".repeat(100_000) + "two");
        assertThat(CorpusFile.read("a", file).documents()).containsExactly("one", "two");
    }

    /** As it would be cut if all of it were read first. */
    @Test
    void aFileWithoutBlankLinesIsCutWhileItIsRead() throws Exception {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("x".repeat(3 * Documents.MAX_CHARS));
        while (text.length() < 20 * Documents.MAX_CHARS) {
            text.append('\n').append("\uD83D\uDE00y ".repeat(1 + random.nextInt(4000)));
        }
        Path file = write("a.txt", text.toString());
        assertThat(CorpusFile.read("a", file).documents()).isEqualTo(Documents.split(text.toString()));
    }

    @Test
    void aJsonLineIsADocument() throws Exception {
        Path file = write("a.jsonl", "{\"text\":\"one\\ntwo\",\"id\":1}\n\n{\"text\":\"\u0442\u0440\u0438\"}\n");
        assertThat(CorpusFile.read("a", file).documents()).containsExactly("one\ntwo", "\u0442\u0440\u0438");
    }

    @Test
    void namesTheLineThatIsNoJson() throws Exception {
        Path file = write("a.jsonl", "{\"text\":\"one\"}\n{\"text\":");
        assertThatThrownBy(() -> CorpusFile.read("a", file)).hasMessageContaining("a.jsonl line 2 is no JSON");
    }

    @Test
    void namesTheLineWithoutText() throws Exception {
        Path file = write("a.jsonl", "{\"text\":5}");
        assertThatThrownBy(() -> CorpusFile.read("a", file))
                .hasMessageContaining("a.jsonl line 1 has no field \"text\"");
    }

    @Test
    void namesAnEmptyFile() throws Exception {
        Path file = write("empty.txt", " \n\n");
        assertThatThrownBy(() -> CorpusFile.read("a", file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("empty.txt is empty");
    }

    @Test
    void namesAFileThatIsNotUtf8() throws Exception {
        Path file = Files.write(folder.resolve("latin.txt"), new byte[] {'c', 'a', 'f', (byte) 0xe9, '\n'});
        assertThatThrownBy(() -> CorpusFile.read("a", file)).hasMessageContaining("latin.txt is not UTF-8");
    }

    @Test
    void namesAFileThatIsMissing() {
        assertThatThrownBy(() -> CorpusFile.read("a", folder.resolve("none.txt")))
                .hasMessageContaining("none.txt is no readable file");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
