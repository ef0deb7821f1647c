package io.tributary.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

class ExampleSentencesTest {
    @Test
    void takesACorrectSentenceAsItIs() throws Exception {
        assertThat(read("<example>They lost  <marker>their</marker>\n way.</example>"))
                .containsExactly("They lost their way.");
    }

    @Test
    void putsTheFirstCorrectionWhereTheMarkIs() throws Exception {
        assertThat(read("<example correction=\"their|its\">They lost <marker>there</marker> way.</example>"))
                .containsExactly("They lost their way.");
    }

    @Test
    void leavesOutAnErrorThatHasNoCorrection() throws Exception {
        assertThat(read("<example correction=\"\">They lost <marker>there</marker> way.</example>"
                        + "<example type=\"incorrect\">They lost there way.</example>"))
                .isEmpty();
    }

    @Test
    void resolvesEntitiesOfTheFileAndNoneOutside() throws Exception {
        String file = "<!DOCTYPE rules [<!ENTITY name \"Anna\"><!ENTITY out SYSTEM \"file:///etc/hostname\">]>"
                + "<rules><example>Here comes &name; again.</example></rules>";
        assertThat(ExampleSentences.read(stream(file))).containsExactly("Here comes Anna again.");
    }

    @Test
    void keepsEachSentenceOnceAndInOrder() throws Exception {
        String one = "<example>The first one.</example>";
        assertThat(read(one + "<example>The second one.</example>" + one))
                .containsExactly("The first one.", "The second one.");
    }

    private static List<String> read(String examples) throws XMLStreamException {
        return ExampleSentences.read(stream("<rules>" + examples + "</rules>"));
    }

    private static ByteArrayInputStream stream(String file) {
        return new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8));
    }
}
