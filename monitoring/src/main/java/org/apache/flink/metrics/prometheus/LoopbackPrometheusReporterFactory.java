package org.apache.flink.metrics.prometheus;

import java.util.Properties;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.util.PortRange;

/**
 * Makes a reporter for Prometheus that listens on 127.0.0.1 only. Flink's own (2.3) takes a port and no address, and
 * listens on all of them.
 *
 * <p>{@code port} is a port or a range of them, of which each process takes the first that is free.
 */
public final class LoopbackPrometheusReporterFactory implements MetricReporterFactory {
    private static final String PORT = "port";
    private static final String DEFAULT_PORT = "9249";

    @Override
    public LoopbackPrometheusReporter createMetricReporter(Properties properties) {
        String ports = ((MetricConfig) properties).getString(PORT, DEFAULT_PORT);
        return LoopbackPrometheusReporter.listening(new PortRange(ports));
    }
}
