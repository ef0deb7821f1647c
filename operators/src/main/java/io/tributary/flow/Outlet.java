package io.tributary.flow;

import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import io.tributary.record.ShardRequest;
import io.tributary.record.ShardUpdate;
import io.tributary.record.SnapshotPart;

/** Where the work of a Train subtask goes. */
interface Outlet extends Pacer {
    /** A shard of a contribution, with its round as timestamp. */
    void update(ShardUpdate update);

    /** A question to the outer step. */
    void request(ShardRequest request);

    /** This subtask has done a step that will count in the round. */
    void announce(long round);

    /** Nothing of this subtask comes any more for the round or an earlier one: its watermark. */
    void closeRound(long round);

    void report(RoundReport report);

    void sample(Sample sample);

    void snapshot(SnapshotPart part);
}
