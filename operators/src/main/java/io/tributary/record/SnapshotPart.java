package io.tributary.record;

import java.util.List;

/**
 * One Train subtask's share of a snapshot: the files it has written into the snapshot's temporary folder.
 *
 * @param round the snapshot holds the parameters that this round starts from
 * @param firstKeyGroup the share covers sources of the key groups from here
 * @param lastKeyGroup to here, inclusive; a snapshot is whole when all key groups are covered
 */
public record SnapshotPart(long round, int firstKeyGroup, int lastKeyGroup, List<File> files) {
    public SnapshotPart {
        files = List.copyOf(files);
    }

    /**
     * A written file.
     *
     * @param source the name of the source it belongs to, or empty for the body
     * @param path relative to the snapshot's folder
     * @param length in bytes
     * @param sha256 in hexadecimal
     */
    public record File(String source, String path, long length, String sha256) {}
}
