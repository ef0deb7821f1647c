package io.tributary.job;

import org.apache.flink.api.common.operators.MailboxExecutor;

/**
 * What a test hears of the operators of a running job, in the operators' own threads. What a method throws is thrown
 * inside the operator, as if it had failed there.
 */
interface OperatorProbe {
    /** One subtask of an operator. */
    record Site(String uid, int subtask) {}

    /** Before the state of an earlier attempt or of a savepoint is read, and also when there is none. */
    default void initializes(Site site) {}

    /** Before a record is processed; of operators with one input. */
    default void receives(Site site, Object record) {}

    /** Before a record or a watermark goes out, to the main output or to a side. */
    default void emits(Site site, Object recordOrWatermark) {}

    /** Before the state is written, once the barrier is on its way; of operators with one input. */
    default void writesState(Site site) {}

    /** The mailbox that the operator is to use. */
    default MailboxExecutor mailbox(Site site, MailboxExecutor mailbox) {
        return mailbox;
    }
}
