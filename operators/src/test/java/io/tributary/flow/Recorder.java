package io.tributary.flow;

import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import io.tributary.record.ShardRequest;
import io.tributary.record.ShardUpdate;
import io.tributary.record.ShardUpdateFormat;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Keeps what comes out of a Train subtask, in its order. */
final class Recorder implements Outlet, SnapshotStore {
    private static final long serialVersionUID = 1;

    final transient List<String> events = new ArrayList<>();
    final transient List<ShardUpdate> updates = new ArrayList<>();
    final transient List<ShardRequest> requests = new ArrayList<>();
    final transient List<RoundReport> reports = new ArrayList<>();
    final transient List<Sample> samples = new ArrayList<>();

    List<ShardUpdate> updates(SourceId source, long round) {
        return updates.stream()
                .filter(update -> update.source().equals(source) && update.round() == round)
                .toList();
    }

    /** All updates as they go on the wire, one behind the other: equal bytes are equal bits. */
    byte[] updateBytes() throws IOException {
        return bytes(updates);
    }

    static byte[] bytes(List<ShardUpdate> updates) throws IOException {
        DataOutputSerializer bytes = new DataOutputSerializer(1 << 16);
        for (ShardUpdate update : updates) {
            new ShardUpdateFormat().write(update, bytes);
        }
        return bytes.getCopyOfBuffer();
    }

    List<ShardRequest.Rows> rowRequests() {
        return requests.stream().map(ShardRequest.Rows.class::cast).toList();
    }

    RoundReport report(SourceId source, long round) {
        return reports.stream()
                .filter(report -> report.source().equals(source.name()) && report.round() == round)
                .findFirst()
                .orElseThrow();
    }

    void forget() {
        events.clear();
        updates.clear();
        requests.clear();
        reports.clear();
        samples.clear();
    }

    @Override
    public void update(ShardUpdate update) {
        events.add("update " + update.round());
        updates.add(update);
    }

    @Override
    public void announce(long round) {
        events.add("announce " + round);
    }

    @Override
    public void pace(SourceId source, boolean hungry) {
        events.add((hungry ? "hungry " : "satisfied ") + source);
    }

    @Override
    public void closeRound(long round) {
        events.add("close " + round);
    }

    @Override
    public void report(RoundReport report) {
        events.add("report " + report.round());
        reports.add(report);
    }

    @Override
    public void sample(Sample sample) {
        events.add("sample " + sample.round());
        samples.add(sample);
    }

    @Override
    public void snapshot(SnapshotPart part) {
        events.add("snapshot " + part.round());
    }

    @Override
    public void request(ShardRequest request) {
        events.add("request " + request.shard());
        requests.add(request);
    }

    @Override
    public List<SnapshotPart.File> writeParameters(
            long round, ModelShape shape, String owner, Map<ParameterGroup, Values> groups) {
        return groups.entrySet().stream()
                .map(group -> new SnapshotPart.File(
                        owner, group.getKey().toString(), group.getValue().size(), ""))
                .toList();
    }

    @Override
    public List<SnapshotPart.File> writeVocabulary(long round, String source, byte[] model, int[] held) {
        return List.of(new SnapshotPart.File(source, "vocabulary", model.length, ""));
    }

    @Override
    public SnapshotPart.File writeCounts(long round, String source, long tokens, long bytes) {
        return new SnapshotPart.File(source, "counts", tokens, "");
    }
}
