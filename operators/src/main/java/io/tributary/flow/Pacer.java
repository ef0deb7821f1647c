package io.tributary.flow;

import io.tributary.record.SourceId;

/** Hears which sources are to be read on. */
@FunctionalInterface
interface Pacer {
    /** From now on the source is to be read, or not. */
    void pace(SourceId source, boolean hungry);
}
