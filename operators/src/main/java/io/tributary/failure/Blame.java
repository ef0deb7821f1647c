package io.tributary.failure;

/** Who has to act on a failure, and how a command ends that met it. */
public enum Blame {
    /** Tributary itself. A JVM that ends by an uncaught error ends with the same. */
    INTERNAL(1),
    /** Who typed the command, or wrote the settings. Picocli ends so when it does not understand a command line. */
    USER(2),
    /** Who made the files or the records. */
    DATA(3),
    /** What a command needs is not there: a network, a Kafka, a Flink, room. The same command may succeed later. */
    RESOURCE(4);

    private final int exitCode;

    Blame(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
