package io.tributary.job;

import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/** An operator's output, of which a probe hears before it goes out. */
record ProbedOutput<T>(Output<StreamRecord<T>> real, OperatorProbe probe, OperatorProbe.Site site)
        implements Output<StreamRecord<T>> {
    @Override
    public void collect(StreamRecord<T> element) {
        probe.emits(site, element.getValue());
        real.collect(element);
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> element) {
        probe.emits(site, element.getValue());
        real.collect(tag, element);
    }

    @Override
    public void emitWatermark(Watermark mark) {
        probe.emits(site, mark);
        real.emitWatermark(mark);
    }

    @Override
    public void emitWatermark(WatermarkEvent mark) {
        real.emitWatermark(mark);
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
        real.emitWatermarkStatus(status);
    }

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {
        real.emitLatencyMarker(marker);
    }

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {
        real.emitRecordAttributes(attributes);
    }

    @Override
    public void close() {
        real.close();
    }
}
