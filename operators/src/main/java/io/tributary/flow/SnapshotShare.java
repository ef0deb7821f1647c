package io.tributary.flow;

import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The part of a snapshot that one Train subtask writes: of each parameter, where it is. */
final class SnapshotShare {
    private final SnapshotStore store;
    private final SharedLayout layout;

    SnapshotShare(SnapshotStore store, SharedLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Writes what the subtask has for a range of key groups. */
    SnapshotPart write(SharedParameters shared, SnapshotProgress.Range due, Collection<TrainedSource> sources)
            throws IOException {
        long round = shared.round();
        List<SnapshotPart.File> files = new ArrayList<>();
        if (due.first() == 0) {
            files.addAll(store.writeParameters(round, layout.shape(), SnapshotStore.EVERYONE, common(shared)));
        }
        boolean mixture = layout.merging().variant().mixture();
        boolean mixtureWritten = false;
        for (TrainedSource source : sources) {
            SourceId id = source.id();
            if (due.holds(id)) {
                files.addAll(store.writeVocabulary(
                        round,
                        id.name(),
                        source.vocabulary(),
                        source.rows().map(HeldRows::held).orElseGet(() -> new int[0])));
                UnigramCounts trained = source.unigrams();
                files.add(store.writeCounts(round, id.name(), trained.tokens(), trained.bytes()));
                if (!mixtureWritten) {
                    String owner = mixture ? SnapshotStore.EVERYONE : id.name();
                    files.addAll(store.writeParameters(round, layout.shape(), owner, own(source, shared)));
                }
                mixtureWritten = mixture;
            }
        }
        return new SnapshotPart(round, due.first(), due.last(), files);
    }

    /** What every subtask has. */
    private Map<ParameterGroup, SnapshotStore.Values> common(SharedParameters shared) {
        Map<ParameterGroup, SnapshotStore.Values> groups = new EnumMap<>(ParameterGroup.class);
        for (ParameterGroup group : layout.merging().variant().shared()) {
            TensorId tensor = TensorId.parameters(group);
            if (!layout.byRows(tensor) && shared.holds(tensor)) {
                long size = layout.sharding(tensor).parameters();
                groups.put(group, values(size, (from, out) -> shared.copy(tensor, from, out)));
            }
        }
        return groups;
    }

    /** What only the subtask of a source has. */
    private Map<ParameterGroup, SnapshotStore.Values> own(TrainedSource source, SharedParameters shared) {
        SourceModel model = source.model();
        Map<ParameterGroup, SnapshotStore.Values> groups = new EnumMap<>(ParameterGroup.class);
        for (ParameterGroup group : ParameterGroup.values()) {
            TensorId tensor = TensorId.parameters(group);
            if (!layout.merging().variant().shared().contains(group)) {
                groups.put(group, values(model.elements(group), (from, out) -> model.copy(group, from, out)));
            } else if (layout.byRows(tensor)) {
                String name = source.id().name();
                groups.put(
                        group, values(model.elements(group), (from, out) -> shared.copyRows(name, tensor, from, out)));
            }
        }
        groups.values().removeIf(values -> values.size() == 0);
        return groups;
    }

    private interface Copy {
        void copy(long from, float[] out);
    }

    private static SnapshotStore.Values values(long size, Copy copy) {
        return new SnapshotStore.Values() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void copy(long from, float[] out) {
                copy.copy(from, out);
            }
        };
    }
}
