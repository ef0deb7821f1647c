package io.tributary.cli;

import java.util.List;

/** A command whose options are checked together before it runs. */
interface Checked {
    /** Everything that is wrong with the options, each in a sentence; empty if nothing is. */
    List<String> problems();
}
