package io.tributary.corpus;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The example sentences of a LanguageTool rule file.
 *
 * <p>Of {@code <example correction="their">They lost <marker>there</marker> way.</example>} the corrected sentence is
 * taken; an example with a mark but no correction to put there shows an error, and is left out.
 */
final class ExampleSentences {
    /** Shorter ones are fragments. */
    private static final int MIN_CHARS = 8;

    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final XMLStreamReader xml;
    private final Set<String> sentences = new LinkedHashSet<>();

    private ExampleSentences(XMLStreamReader xml) {
        this.xml = xml;
    }

    /**
     * Reads the sentences in their order, each once.
     *
     * @throws XMLStreamException if the file is no well-formed XML
     */
    static List<String> read(InputStream file) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        // The files define entities of their own and refer to none outside; nothing outside is ever opened.
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> InputStream.nullInputStream());
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        ExampleSentences reader = new ExampleSentences(factory.createXMLStreamReader(file));
        while (reader.xml.hasNext()) {
            if (reader.xml.next() == XMLStreamConstants.START_ELEMENT
                    && reader.xml.getLocalName().equals("example")) {
                reader.example();
            }
        }
        return new ArrayList<>(reader.sentences);
    }

    private void example() throws XMLStreamException {
        boolean showsAnError = xml.getAttributeValue(null, "correction") != null
                || "incorrect".equals(xml.getAttributeValue(null, "type"))
                || "triggers_error".equals(xml.getAttributeValue(null, "type"));
        String correction = firstCorrection(xml.getAttributeValue(null, "correction"));
        StringBuilder sentence = new StringBuilder();
        boolean inMarker = false;
        int event = xml.next();
        while (!(event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("example"))) {
            if (event == XMLStreamConstants.START_ELEMENT) {
                inMarker = xml.getLocalName().equals("marker");
                sentence.append(inMarker && showsAnError ? correction : "");
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                inMarker = false;
            } else if (event == XMLStreamConstants.CHARACTERS && !(inMarker && showsAnError)) {
                sentence.append(xml.getText());
            }
            event = xml.next();
        }
        String text = SPACE.matcher(sentence).replaceAll(" ").strip();
        if (text.length() >= MIN_CHARS && !(showsAnError && correction.isEmpty())) {
            sentences.add(text);
        }
    }

    /** Corrections are separated by bars, the likeliest first. */
    private static String firstCorrection(@Nullable String corrections) {
        if (corrections == null) {
            return "";
        }
        int bar = corrections.indexOf('|');
        return bar < 0 ? corrections : corrections.substring(0, bar);
    }
}
