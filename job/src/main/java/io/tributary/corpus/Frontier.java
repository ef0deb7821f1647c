package io.tributary.corpus;

import java.util.ArrayDeque;
import java.util.Deque;

/** Up to where a text is settled: every document before was acknowledged by Kafka, or reported as refused. */
final class Frontier {
    private final Deque<Mark> open = new ArrayDeque<>();
    private long offset;

    /** A document that is under way. */
    static final class Mark {
        private final long to;
        private boolean settled;

        private Mark(long to) {
            this.to = to;
        }
    }

    Frontier(long offset) {
        this.offset = offset;
    }

    /** A document is under way, which ends there. */
    synchronized Mark open(long to) {
        Mark mark = new Mark(to);
        open.add(mark);
        return mark;
    }

    /** Documents of different partitions are acknowledged in any order. */
    synchronized void settle(Mark mark) {
        mark.settled = true;
        while (!open.isEmpty() && open.peek().settled) {
            offset = open.remove().to;
        }
    }

    synchronized long offset() {
        return offset;
    }
}
