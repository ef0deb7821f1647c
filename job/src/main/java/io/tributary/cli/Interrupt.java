package io.tributary.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/** Turns Ctrl-C into an orderly end: the JVM goes down only when the interrupted thread has closed what it opened. */
final class Interrupt {
    /** More than closing Flink and Kafka may take at the most. */
    private static final long LIMIT_SECONDS = 120;

    private final CountDownLatch closed = new CountDownLatch(1);

    private Interrupt() {}

    /** From now on Ctrl-C, or SIGTERM, calls {@code stop} and interrupts the calling thread. */
    static Interrupt onCtrlC(Runnable stop) {
        Interrupt interrupt = new Interrupt();
        Thread running = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt.end(stop, running), "ctrl-c"));
        return interrupt;
    }

    /** What goes on until it is interrupted. */
    interface Endless {
        void run() throws IOException, InterruptedException;
    }

    /** Runs until Ctrl-C, or SIGTERM. */
    static void untilCtrlC(Endless endless) throws IOException {
        Interrupt interrupt = onCtrlC(() -> {});
        try {
            endless.run();
        } catch (InterruptException | InterruptedException e) {
            // Ctrl-C. Kafka's exception leaves the thread interrupted.
            Thread.interrupted();
        } finally {
            interrupt.done();
        }
    }

    private void end(Runnable stop, Thread running) {
        if (closed.getCount() == 0) {
            return;
        }
        stop.run();
        running.interrupt();
        try {
            if (!closed.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("tributary: not everything stopped within " + LIMIT_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that everything is closed. */
    void done() {
        closed.countDown();
    }
}
