package io.tributary.embedded;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * The main class of the broker's process: a Kafka node that ends when its standard input does.
 *
 * <p>The operating system closes that pipe when the parent ends in whatever way, so no broker is left behind.
 */
public final class BrokerMain {
    private static final long HALT_AFTER_MS = 15_000;

    private BrokerMain() {}

    /**
     * Formats the storage if it is new, then runs the node.
     *
     * @param args the path of a server.properties file
     */
    public static void main(String[] args) throws IOException {
        String properties = args[0];
        Thread watch = new Thread(BrokerMain::endWithStandardInput, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        if (!isFormatted(properties)) {
            String[] format = {
                "format",
                "--config",
                properties,
                "--cluster-id",
                Uuid.randomUuid().toString()
            };
            int status = StorageTool.execute(format, System.out);
            if (status != 0) {
                System.exit(status);
            }
        }
        Kafka.main(new String[] {properties});
    }

    /** A storage keeps the id of the cluster that it was formatted for, and Kafka refuses any other. */
    private static boolean isFormatted(String file) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(file))) {
            properties.load(in);
        }
        return Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"));
    }

    private static void endWithStandardInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent; only the end matters.
            }
        } catch (IOException e) {
            System.err.println("Standard input failed, ending: " + e);
        }
        Thread halt = new Thread(BrokerMain::haltIfStuck, "halt");
        halt.setDaemon(true);
        halt.start();
        System.exit(0);
    }

    /** An orderly stop waits for clients, and clients that ended with the parent never answer. */
    private static void haltIfStuck() {
        try {
            Thread.sleep(HALT_AFTER_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
