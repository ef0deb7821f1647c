package io.tributary.record;

/** What the reader makes of one Kafka record: a document, a dead letter with its reason, or an order to the job. */
public sealed interface Ingested permits Document, DeadLetter, Control {}
