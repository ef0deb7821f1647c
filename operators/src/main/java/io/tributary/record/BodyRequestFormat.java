package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Wire format of {@link BodyRequest}. */
public final class BodyRequestFormat implements WireFormat<BodyRequest> {
    private static final long serialVersionUID = 1;

    private final ShardIdFormat shards = new ShardIdFormat();

    @Override
    public Class<BodyRequest> type() {
        return BodyRequest.class;
    }

    @Override
    public void write(BodyRequest request, DataOutputView out) throws IOException {
        shards.write(request.shard(), out);
        out.writeInt(request.subtask());
        out.writeInt(request.attempt());
    }

    @Override
    public BodyRequest read(int version, DataInputView in) throws IOException {
        return new BodyRequest(shards.read(1, in), in.readInt(), in.readInt());
    }
}
