package io.tributary.record;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.RoundReport.Traffic;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The records in the golden files of this package's formats. A line that is here stays as it is. */
final class RecordExamples {
    static final SourceId SOURCE = new SourceId("de", 312);
    static final ShardId SHARD = new ShardId(TensorId.parameters(ParameterGroup.BODY), 3);
    private static final ShardId MOMENT =
            new ShardId(new TensorId(ParameterGroup.TOKENS, Quantity.SECOND_MOMENT), 1 << 20);
    private static final TokenBlocks BLOCKS = new TokenBlocks(new int[] {1, 2, 3, 3, 4, 50_000}, 2, 17);
    private static final Origin ORIGIN = new Origin("corpus.de", 3, 1L << 40, 1_700_000_000_123L);
    private static final Document DOCUMENT = new Document(SOURCE, ORIGIN, "Grüße \uD83C\uDF0A \0 end");
    private static final DeadLetter LETTER = new DeadLetter(
            ORIGIN, Optional.of(SOURCE), "decode", "not UTF-8 at byte 1", Optional.of(new byte[] {0, -1, 'x'}));
    private static final DeadLetter TOMBSTONE =
            new DeadLetter(ORIGIN, Optional.empty(), "decode", "no value", Optional.empty());
    private static final Control PLACE = new Control.Place("a1", SOURCE, Standing.PAUSED);
    private static final Control HOLD = new Control.Hold("", true);
    private static final float[] FLOATS = {1, -0f, Float.MIN_VALUE, Float.NaN};
    private static final Downstream.SharedShard SHARED = new Downstream.SharedShard(SHARD, 1L << 33, FLOATS);
    private static final Downstream.RowsShard ROWS =
            new Downstream.RowsShard(SHARD, SOURCE, 8, new int[] {0, 6}, FLOATS);

    private static final Sample SAMPLE = new Sample(9, "de", "Es war ", "einmal \uD83C\uDF0A", 5, true);

    private RecordExamples() {}

    static List<Golden<?>> all() {
        return List.of(
                Golden.of(new SourceIdFormat(), SOURCE, new SourceId("zürich/ß", -7)),
                Golden.of(new ShardIdFormat(), SHARD, MOMENT),
                Golden.of(new OriginFormat(), ORIGIN),
                Golden.of(new DocumentFormat(), DOCUMENT),
                Golden.of(new DeadLetterFormat(), LETTER, TOMBSTONE),
                Golden.of(new ControlFormat(), PLACE, HOLD),
                Golden.of(new IngestedFormat(), DOCUMENT, LETTER, PLACE, HOLD),
                Golden.of(
                        new IncomingFormat(),
                        DOCUMENT,
                        new Incoming.Rejected(SOURCE, 1L << 33),
                        new Incoming.Placed(SOURCE, Standing.RETIRED)),
                Golden.of(new TokenBlocksFormat(), BLOCKS),
                Golden.of(
                        new TokenizedFormat(),
                        new Tokenized.Vocabulary(SOURCE, new byte[] {1, 2, 3}, new int[] {4, 7}),
                        new Tokenized.Batch(SOURCE, BLOCKS, new int[] {5}),
                        new Tokenized.HeldOut(SOURCE, BLOCKS),
                        new Tokenized.Placed(SOURCE, Standing.ACTIVE)),
                Golden.of(
                        new ShardUpdateFormat(),
                        new ShardUpdate(SHARD, SOURCE, 7, 6, 0.25, new int[] {2, 900}, FLOATS)),
                Golden.of(new MergedShardFormat(), new MergedShard(MOMENT, 7, 2, new int[] {1}, FLOATS)),
                Golden.of(
                        new ShardRequestFormat(),
                        new ShardRequest.Everyones(SHARD, 1, 2),
                        new ShardRequest.Rows(SHARD, SOURCE, new int[] {3, 8}, 11)),
                Golden.of(new SharedShardFormat(), SHARED),
                Golden.of(new RowsShardFormat(), ROWS),
                Golden.of(
                        new DownstreamFormat(),
                        SHARED,
                        ROWS,
                        new Downstream.Participation(9),
                        new Downstream.Pace("de", "train", true),
                        new Downstream.Hold(false)),
                Golden.of(new RoundReportFormat(), reports(Double.NaN)).version(2, reports(9.5e8)),
                Golden.of(new ReportFormat(), report(Participation.LATE, Double.NaN), SAMPLE)
                        .version(2, report(Participation.LATE, 9.5e8), SAMPLE),
                Golden.of(
                        new SnapshotPartFormat(),
                        new SnapshotPart(
                                12,
                                64,
                                127,
                                List.of(
                                        new SnapshotPart.File("", "body.safetensors", 5L << 30, "ab".repeat(32)),
                                        new SnapshotPart.File(
                                                "arxiv", "sources/arxiv/tokenizer.model", 0, "cd".repeat(32)))),
                        new SnapshotPart(0, 0, 0, List.of())));
    }

    private static RoundReport[] reports(double flopsPerToken) {
        return Arrays.stream(Participation.values())
                .map(participation -> report(participation, flopsPerToken))
                .toArray(RoundReport[]::new);
    }

    private static RoundReport report(Participation participation, double flopsPerToken) {
        return new RoundReport(
                12,
                "arxiv",
                participation,
                500,
                1L << 33,
                1L << 35,
                1L << 40,
                3.25,
                Double.NaN,
                2.5,
                8192,
                3100.5,
                flopsPerToken,
                4,
                Arrays.stream(ParameterGroup.values())
                        .map(group -> new Traffic(group, 1L << 34, 8, 90))
                        .toList());
    }
}
