package io.tributary.embedded;

import java.nio.file.Path;

/** A process of its own that starts a broker, prints the broker's pid in eight characters, and waits to be killed. */
final class ParentOfABroker {
    private ParentOfABroker() {}

    public static void main(String[] args) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), 0);
        System.out.print(String.format("%8d", kafka.pid()));
        System.out.flush();
        Thread.sleep(Long.MAX_VALUE);
    }
}
