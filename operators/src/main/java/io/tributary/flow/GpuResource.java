package io.tributary.flow;

import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Flink's external resource {@code gpu}, as its GPU plugin grants it: every slot of a TaskManager is told of all the GPUs that
 * the TaskManager has.
 */
final class GpuResource {
    /** As in the settings {@code external-resources: gpu}. */
    private static final String NAME = "gpu";

    private static final String INDEX = "index";

    private GpuResource() {}

    /** Indexes of the GPUs that this TaskManager has; none where the cluster's settings have no such resource. */
    static List<Integer> indexes(RuntimeContext context) {
        return indexes(context.getExternalResourceInfos(NAME));
    }

    static List<Integer> indexes(Set<ExternalResourceInfo> granted) {
        return granted.stream().map(GpuResource::index).toList();
    }

    private static Integer index(ExternalResourceInfo info) {
        return Integer.valueOf(info.getProperty(INDEX)
                .orElseThrow(() -> new IllegalStateException(
                        "The external resource '%s' has no property '%s' but %s: its driver is not that of Flink's GPU plugin"
                                .formatted(NAME, INDEX, info.getKeys()))));
    }
}
