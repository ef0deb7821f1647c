package io.tributary.job;

import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamTaskStateInitializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/** An operator with one input, of whose life a probe hears; everything is done by the real one. */
final class ProbedInput<IN, OUT> implements OneInputStreamOperator<IN, OUT> {
    private static final long serialVersionUID = 1;

    private final OneInputStreamOperator<IN, OUT> real;
    private final transient OperatorProbe probe;
    private final transient OperatorProbe.Site site;

    ProbedInput(OneInputStreamOperator<IN, OUT> real, OperatorProbe probe, OperatorProbe.Site site) {
        this.real = real;
        this.probe = probe;
        this.site = site;
    }

    @Override
    public void initializeState(StreamTaskStateInitializer initializer) throws Exception {
        probe.initializes(site);
        real.initializeState(initializer);
    }

    @Override
    public void processElement(StreamRecord<IN> element) throws Exception {
        probe.receives(site, element.getValue());
        real.processElement(element);
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory storage)
            throws Exception {
        probe.writesState(site);
        return real.snapshotState(checkpointId, timestamp, options, storage);
    }

    @Override
    public void open() throws Exception {
        real.open();
    }

    @Override
    public void finish() throws Exception {
        real.finish();
    }

    @Override
    public void close() throws Exception {
        real.close();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        real.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        real.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        real.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        real.processWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        real.processWatermarkStatus(status);
    }

    @Override
    public void processLatencyMarker(LatencyMarker marker) throws Exception {
        real.processLatencyMarker(marker);
    }

    @Override
    public void setKeyContextElement1(StreamRecord<?> record) throws Exception {
        real.setKeyContextElement1(record);
    }

    @Override
    public void setKeyContextElement2(StreamRecord<?> record) throws Exception {
        real.setKeyContextElement2(record);
    }

    @Override
    public void setCurrentKey(Object key) {
        real.setCurrentKey(key);
    }

    @Override
    public Object getCurrentKey() {
        return real.getCurrentKey();
    }

    @Override
    public OperatorMetricGroup getMetricGroup() {
        return real.getMetricGroup();
    }

    @Override
    public OperatorID getOperatorID() {
        return real.getOperatorID();
    }
}
