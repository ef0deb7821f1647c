package io.tributary.job;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.fs.Path;

/**
 * Faults drawn from a seed, one after the other: a place, and at which visit of it. One waits for its visit at a time,
 * and the next begins to wait when the job has come up again.
 */
final class FaultInjector implements OperatorProbe, FaultyFileSystem.Watcher {
    /** The operators that are to be probed. */
    static final String[] UIDS = {"tokenize", "train", "merge", "outer-step", "feedback"};

    /** Where a fault happens, and how many visits are let pass at most. */
    enum Place {
        TOKENIZE_EMITS(40),
        TRAIN_EMITS(60),
        TRAIN_WRITES_STATE(3),
        TRAIN_INITIALIZES(1),
        MERGE_EMITS(30),
        OUTER_STEP_EMITS(30),
        FEEDBACK_RECEIVES(60),
        SNAPSHOT_FILE(30),
        MANIFEST_FILE(2),
        SNAPSHOT_IS_NAMED(2),
        SNAPSHOT_WAS_NAMED(2),
        CHECKPOINT_FILE(20);

        private final int visits;

        Place(int visits) {
            this.visits = visits;
        }
    }

    /** One fault that is to come. */
    private record Fault(Place place, int visits) {}

    private final long seed;
    private final Deque<Fault> planned = new ArrayDeque<>();
    private final Map<Place, Integer> expected = new EnumMap<>(Place.class);
    private final Map<Place, Integer> fired = new EnumMap<>(Place.class);
    private int visitsLeft;
    private boolean goingDown;
    private int starts;

    /** Plans some faults at each place. */
    FaultInjector(long seed, int faultsOfAPlace) {
        this.seed = seed;
        Random random = new Random(seed);
        List<Place> places = new ArrayList<>();
        for (Place place : Place.values()) {
            expected.put(place, faultsOfAPlace);
            if (place != Place.TOKENIZE_EMITS && place != Place.TRAIN_INITIALIZES) {
                places.addAll(Collections.nCopies(faultsOfAPlace, place));
            }
        }
        Collections.shuffle(places, random);
        // Text is tokenized ahead of training: later there is none left. A start fails after another failure.
        places.addAll(0, Collections.nCopies(faultsOfAPlace, Place.TOKENIZE_EMITS));
        for (Place place : places) {
            plan(place, random);
            if (place == Place.MERGE_EMITS) {
                plan(Place.TRAIN_INITIALIZES, random);
            }
        }
        visitsLeft = planned.getFirst().visits();
    }

    private void plan(Place place, Random random) {
        planned.add(new Fault(place, random.nextInt(place.visits)));
    }

    /** How many faults have happened, by place. */
    synchronized Map<Place, Integer> fired() {
        return new EnumMap<>(fired);
    }

    /** How many were to happen. */
    Map<Place, Integer> expected() {
        return expected;
    }

    /** How often the job has started. */
    synchronized int starts() {
        return starts;
    }

    @Override
    public synchronized String toString() {
        return "faults of seed %d, fired %s, still to come %s, after %d starts".formatted(seed, fired, planned, starts);
    }

    /** Whether the fault that waits happens now. */
    private synchronized boolean fires(Place place) {
        Fault next = planned.peek();
        if (goingDown || next == null || next.place() != place || visitsLeft-- > 0) {
            return false;
        }
        fired.merge(place, 1, Integer::sum);
        planned.poll();
        goingDown = true;
        return true;
    }

    private synchronized void comesUp() {
        starts++;
        goingDown = false;
        visitsLeft = planned.isEmpty() ? 0 : planned.getFirst().visits();
    }

    private void visit(Place place) {
        if (fires(place)) {
            throw new IllegalStateException("Injected: " + place);
        }
    }

    private void visitFile(Place place) throws IOException {
        if (fires(place)) {
            throw new IOException("Injected: " + place);
        }
    }

    @Override
    public void initializes(Site site) {
        if (site.uid().equals("train")) {
            if (site.subtask() == 0) {
                comesUp();
            }
            visit(Place.TRAIN_INITIALIZES);
        }
    }

    @Override
    public void receives(Site site, Object record) {
        if (site.uid().equals("feedback")) {
            visit(Place.FEEDBACK_RECEIVES);
        }
    }

    @Override
    public void writesState(Site site) {
        if (site.uid().equals("train")) {
            visit(Place.TRAIN_WRITES_STATE);
        }
    }

    @Override
    public void emits(Site site, Object recordOrWatermark) {
        switch (site.uid()) {
            case "tokenize" -> visit(Place.TOKENIZE_EMITS);
            case "train" -> visit(Place.TRAIN_EMITS);
            case "merge" -> visit(Place.MERGE_EMITS);
            case "outer-step" -> visit(Place.OUTER_STEP_EMITS);
            default -> {}
        }
    }

    @Override
    public void writes(Path file) throws IOException {
        String path = file.getPath();
        if (path.contains("/chk-")) {
            visitFile(Place.CHECKPOINT_FILE);
        } else if (path.endsWith("/manifest.json")) {
            visitFile(Place.MANIFEST_FILE);
        } else {
            visitFile(Place.SNAPSHOT_FILE);
        }
    }

    @Override
    public void renames(Path from) throws IOException {
        visitFile(Place.SNAPSHOT_IS_NAMED);
    }

    @Override
    public void renamed(Path to) throws IOException {
        visitFile(Place.SNAPSHOT_WAS_NAMED);
    }
}
