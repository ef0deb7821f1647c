package io.tributary.corpus;

/** How a text falls into documents. */
public enum Cut {
    /** Blank lines stand between documents. */
    PARAGRAPHS,
    /** Each line that is not blank is a document. */
    LINES,
    /** All of it is one document. */
    WHOLE
}
