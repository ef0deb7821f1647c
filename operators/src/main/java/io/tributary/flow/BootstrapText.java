package io.tributary.flow;

import io.tributary.record.SourceId;

/** What {@link FirstText} sends to {@link GlobalVocabulary} about one source: its first text, then its end. */
public sealed interface BootstrapText {
    SourceId source();

    /** A document of the first text. */
    record Text(SourceId source, String text) implements BootstrapText {}

    /** Nothing more is to come. */
    record End(SourceId source) implements BootstrapText {}
}
