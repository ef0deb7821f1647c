package io.tributary.record;

/** What the reader makes of one Kafka record: a document, or a dead letter with its reason. */
public sealed interface Ingested permits Document, DeadLetter {}
