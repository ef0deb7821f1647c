package io.tributary.job;

import io.tributary.record.ShardUpdate;
import io.tributary.record.Tokenized;
import org.apache.flink.api.common.operators.MailboxExecutor;

/** Hears when Train has sent its first contribution and when it is told how a source takes part, beside another probe. */
final class OrderProbe implements OperatorProbe {
    private final OperatorProbe other;
    private volatile boolean contributed;
    private volatile boolean obeyed;

    OrderProbe(OperatorProbe other) {
        this.other = other;
    }

    boolean contributed() {
        return contributed;
    }

    boolean obeyed() {
        return obeyed;
    }

    @Override
    public void initializes(Site site) {
        other.initializes(site);
    }

    @Override
    public void receives(Site site, Object record) {
        obeyed |= record instanceof Tokenized.Placed;
        other.receives(site, record);
    }

    @Override
    public void emits(Site site, Object recordOrWatermark) {
        contributed |= recordOrWatermark instanceof ShardUpdate;
        other.emits(site, recordOrWatermark);
    }

    @Override
    public void writesState(Site site) {
        other.writesState(site);
    }

    @Override
    public MailboxExecutor mailbox(Site site, MailboxExecutor mailbox) {
        return other.mailbox(site, mailbox);
    }
}
