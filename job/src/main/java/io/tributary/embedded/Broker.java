package io.tributary.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** How a broker's process is started, and asked whether it is there. */
final class Broker {
    private Broker() {}

    /**
     * The command of a broker.
     *
     * @param options of its JVM beside its own
     * @param mode further arguments of {@link BrokerMain}
     */
    static List<String> command(String classPath, Path properties, List<String> options, String... mode) {
        List<String> command = new ArrayList<>(List.of(
                JavaProcess.JAVA,
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=broker-log4j2.xml"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, BrokerMain.class.getName(), properties.toString()));
        command.addAll(List.of(mode));
        return JavaProcess.ignoringCtrlC("kafka", command);
    }

    /** A client that gives up soon, to ask again. */
    static Admin admin(String bootstrapServers) {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 1000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2000,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
        return Admin.create(settings);
    }

    static boolean answers(Admin admin) throws InterruptedException {
        try {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        }
    }
}
