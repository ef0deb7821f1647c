package io.tributary.flow;

import io.tributary.record.SourceId;
import io.tributary.record.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the sources of a subtask have been told, and what the ledger says of those that have gone. */
final class Standings {
    /** Of sources that rest or have retired, those included that are not known yet or no more. */
    private final Map<SourceId, Standing> told = new TreeMap<>();
    /** What was told since the last start, of which the ledger has no line until the source is known. */
    private final Map<SourceId, Standing> news = new TreeMap<>();
    /** The last line of sources that have gone since the last start. */
    private final List<Trained> gone = new ArrayList<>();

    Standing of(SourceId id) {
        return told.getOrDefault(id, Standing.ACTIVE);
    }

    /** All that are not active. */
    Map<SourceId, Standing> told() {
        return told;
    }

    void tell(SourceId id, Standing standing) {
        restore(id, standing);
        news.put(id, standing);
    }

    /** As a checkpoint has it, whose ledger has it too. */
    void restore(SourceId id, Standing standing) {
        if (standing == Standing.ACTIVE) {
            told.remove(id);
        } else {
            told.put(id, standing);
        }
    }

    /** A source has retired and goes; it stays told. */
    void release(TrainedSource source) {
        gone.add(source.trained(Standing.RETIRED));
        news.remove(source.id());
    }

    /** A line for each source that is here, will be or would have been, or was since the last start. */
    List<Trained> ledger(Map<SourceId, TrainedSource> sources) {
        Stream<Trained> here = sources.values().stream().map(source -> source.trained(of(source.id())));
        Stream<Trained> unknown = news.entrySet().stream()
                .filter(each -> !sources.containsKey(each.getKey()))
                .map(each -> new Trained(each.getKey(), each.getValue(), 0, 0, 0, 0));
        return Stream.of(gone.stream(), here, unknown).flatMap(lines -> lines).toList();
    }
}
