package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import org.apache.flink.util.PortRange;

/** Flink's own reporter but for the address; it is in Flink's package since the registry is seen only there. */
final class LoopbackPrometheusReporter extends AbstractPrometheusReporter {
    private static final String HOST = "127.0.0.1";

    private final HTTPServer server;

    private LoopbackPrometheusReporter(Iterator<Integer> ports) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HTTPServer started = null;
        while (started == null) {
            int port = ports.next();
            try {
                started = new HTTPServer(new InetSocketAddress(loopback, port), registry);
                log.info(
                        "Prometheus finds the metrics of this process at http://{}:{}/metrics",
                        HOST,
                        started.getPort());
            } catch (IOException e) {
                if (!ports.hasNext()) {
                    throw e;
                }
                log.debug("The port {} is taken", port, e);
            }
        }
        server = started;
    }

    static LoopbackPrometheusReporter listening(PortRange ports) {
        try {
            return new LoopbackPrometheusReporter(ports.getPortsIterator());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Prometheus can have no metrics of this process: every port of " + ports + " on " + HOST
                            + " is taken; give others with metrics.reporter.prometheus.port",
                    e);
        }
    }

    @Override
    public void close() {
        server.stop();
        super.close();
    }
}
