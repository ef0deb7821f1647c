package io.tributary.embedded;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** The settings of a broker that is its own controller and keeps one copy of everything. */
final class BrokerProperties {
    /** A long document, and the dead letter that may come of it, has to fit into one message. */
    private static final String MAX_MESSAGE_BYTES = String.valueOf(64 << 20);

    private BrokerProperties() {}

    static void write(Path file, Path data, int port, int controllerPort) throws IOException {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@" + Loopback.HOST + ":" + controllerPort,
                "controller.listener.names",
                "CONTROLLER",
                "listeners",
                "PLAINTEXT://" + Loopback.HOST + ":" + port + ",CONTROLLER://" + Loopback.HOST + ":" + controllerPort,
                "log.dirs",
                data.toString(),
                "message.max.bytes",
                MAX_MESSAGE_BYTES,
                "replica.fetch.max.bytes",
                MAX_MESSAGE_BYTES,
                // After a crash a broker waits this long before it may register again; the default is 9 s.
                "broker.session.timeout.ms",
                "3000"));
        properties.putAll(Map.of(
                // At most half of that.
                "broker.heartbeat.interval.ms", "1000",
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "4",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "group.initial.rebalance.delay.ms", "0",
                "auto.create.topics.enable", "false"));
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, "A Kafka node for one machine");
        }
    }
}
