package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.flow.HandOver;
import io.tributary.record.Downstream;
import io.tributary.record.Ingested;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PacedReaderTest {
    private static final String LOOP = "loop";

    private final Splits splits = new Splits();
    private final PacedReader reader = new PacedReader(splits, "corpus.", LOOP, 2, "127.0.0.1:9092");

    @Test
    void allPartitionsOfASatisfiedSourceAndNoOthersArePausedUntilItIsHungry() throws Exception {
        start();
        add("corpus.de", 0);
        add("corpus.de", 1);
        add("corpus.fr", 0);

        say("de", "train", false);
        assertThat(splits.paused).isEmpty();
        poll();
        assertThat(splits.paused).containsExactly("corpus.de-0", "corpus.de-1");

        say("de", "train", true);
        poll();
        assertThat(splits.paused).isEmpty();
    }

    @Test
    void aPartitionThatIsFoundLaterIsPausedWithItsFirstRecord() throws Exception {
        start();
        say("de", "train", false);
        poll();
        add("corpus.de", 3);
        add("corpus.fr", 0);
        splits.speaking.addAll(List.of("corpus.de-3", "corpus.fr-0"));
        poll();

        assertThat(splits.paused).containsExactly("corpus.de-3");
        poll();
        assertThat(splits.calls).hasSize(1);
    }

    @Test
    void aSourceIsReadOnWhenNoOperatorHasEnoughOfItAnyMore() throws Exception {
        start();
        add("corpus.de", 0);
        say("de", "tokenize", false);
        say("de", "train", false);
        say("de", "tokenize", true);
        poll();
        assertThat(splits.paused).containsExactly("corpus.de-0");
        say("de", "train", true);
        poll();
        assertThat(splits.paused).isEmpty();
        assertThat(splits.calls).as("each change is one call").hasSize(2);
    }

    @Test
    void aReaderWithNothingToReadIsWokenByWhatItHears() throws Exception {
        start();
        add("corpus.de", 0);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        say("de", "train", false);
        assertThat(available).isDone();
        poll();
        assertThat(reader.isAvailable()).as("it was heard").isNotDone();

        splits.available.complete(null);
        assertThat(reader.isAvailable()).isDone();
    }

    @Test
    void aReaderThatIsClosedHearsNothing() throws Exception {
        start();
        reader.close();
        assertThat(splits.closed).isTrue();
        assertThat(HandOver.find(place())).isEmpty();
    }

    private void start() {
        reader.start();
    }

    private void poll() throws Exception {
        reader.pollNext(new Nowhere());
    }

    private void add(String topic, int partition) {
        reader.addSplits(List.of(new KafkaPartitionSplit(new TopicPartition(topic, partition), 0)));
    }

    private static HandOver.Place place() {
        return new HandOver.Place(LOOP, HandOver.End.READER, 2);
    }

    private static void say(String source, String stage, boolean hungry) {
        HandOver.find(place()).orElseThrow().accept(new Downstream.Pace(source, stage, hungry));
    }

    /** For a reader that has nothing to read. */
    private static final class Nowhere implements ReaderOutput<Ingested> {
        @Override
        public void collect(Ingested record) {
            throw new AssertionError("Nothing was to be read, but " + record);
        }

        @Override
        public void collect(Ingested record, long timestamp) {
            collect(record);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<Ingested> createOutputForSplit(String splitId) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}
    }

    /** A reader that has nothing to read, and keeps what it is told. */
    @SuppressWarnings("try") // that close() may be interrupted is the signature of Flink
    private static final class Splits implements SourceReader<Ingested, KafkaPartitionSplit> {
        private final List<String> speaking = new ArrayList<>();
        private final TreeSet<String> paused = new TreeSet<>();
        private final List<String> calls = new ArrayList<>();
        private final CompletableFuture<Void> available = new CompletableFuture<>();
        private boolean closed;

        @Override
        public void start() {}

        @Override
        public InputStatus pollNext(ReaderOutput<Ingested> output) {
            speaking.forEach(output::createOutputForSplit);
            return InputStatus.NOTHING_AVAILABLE;
        }

        @Override
        public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
            return List.of();
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return available;
        }

        @Override
        public void addSplits(List<KafkaPartitionSplit> splits) {}

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
            paused.addAll(toPause);
            paused.removeAll(toResume);
            calls.add("pause " + toPause + " resume " + toResume);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
