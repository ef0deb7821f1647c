package io.tributary.record;

import java.util.Optional;

/**
 * A record that cannot train, kept whole.
 *
 * @param source whose topic it was in, if that names one
 * @param stage the part of the pipeline that refused it, such as {@code decode}
 * @param reason what is wrong with it, for a person
 * @param value the raw bytes, empty for a null value (a tombstone)
 */
public record DeadLetter(Origin origin, Optional<SourceId> source, String stage, String reason, Optional<byte[]> value)
        implements Ingested {}
