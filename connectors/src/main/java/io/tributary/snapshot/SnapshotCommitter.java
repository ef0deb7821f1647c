package io.tributary.snapshot;

import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceKeys;
import java.io.IOException;
import java.io.Serializable;
import java.util.BitSet;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.core.fs.Path;

/**
 * Makes a snapshot of the parts that the subtasks wrote: writes the manifest and gives the folder its name.
 *
 * <p>A commit may be repeated after a failure. Where the snapshot is there already, with an equal manifest, nothing is
 * done. Where it is there with another one, it is replaced: the run went back to a checkpoint and came to other
 * parameters (a round that ended by timeout may), and all that follows descends from those. The parts need not all be
 * written again: a file that an earlier commit has moved into the snapshot is taken from there.
 *
 * <p>The name is given by one rename, which is atomic on local file systems and on HDFS. An object store has none: there
 * the files are copied and the manifest is written when all are there.
 */
public final class SnapshotCommitter implements Serializable {
    private static final long serialVersionUID = 1;

    private final Path root;
    private final SnapshotFacts facts;

    /** Commits to the folder of all snapshots. */
    public SnapshotCommitter(Path root, SnapshotFacts facts) {
        this.root = root;
        this.facts = facts;
    }

    /** Whether the parts cover every key group, and so every source. Parts may overlap, after a rescale. */
    public static boolean whole(Collection<SnapshotPart> parts) {
        BitSet covered = new BitSet(SourceKeys.MAX_PARALLELISM);
        parts.forEach(part -> covered.set(part.firstKeyGroup(), part.lastKeyGroup() + 1));
        return covered.cardinality() == SourceKeys.MAX_PARALLELISM;
    }

    /**
     * Commits the snapshot of a round.
     *
     * @param parts in the order of their arrival; of a file that several name, the last counts
     * @return the snapshot's folder
     */
    public Path commit(long round, Collection<SnapshotPart> parts) throws IOException {
        if (!whole(parts)) {
            throw new IllegalArgumentException(
                    "The parts of round %d do not cover all key groups: %s".formatted(round, parts));
        }
        return new SnapshotCommit(root, round, facts, filesByPath(round, parts)).run();
    }

    private static SortedMap<String, SnapshotPart.File> filesByPath(long round, Collection<SnapshotPart> parts)
            throws IOException {
        SortedMap<String, SnapshotPart.File> files = new TreeMap<>();
        parts.forEach(part -> part.files().forEach(file -> files.put(file.path(), file)));
        if (files.keySet().stream().noneMatch(path -> path.endsWith(SnapshotLayout.BODY))) {
            throw new IOException("All parts of the snapshot of round %d are there, but none has a body: %s"
                    .formatted(round, files.keySet()));
        }
        return files;
    }
}
