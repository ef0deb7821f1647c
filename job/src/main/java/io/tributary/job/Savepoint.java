package io.tributary.job;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/**
 * A savepoint or checkpoint as it lies in its folder. A cluster takes a job whatever it is to start from, and fails it
 * afterwards with little more than the end of a file; so look here first.
 */
public final class Savepoint {
    private static final String WHAT_TO_DO = "start from another savepoint or checkpoint, or without one for a new run";

    private final String address;
    private final CheckpointMetadata metadata;

    private Savepoint(String address, CheckpointMetadata metadata) {
        this.address = address;
        this.metadata = metadata;
    }

    /** A file of an operator's state, and how long it was when it was written. */
    record StateFile(String uid, Path path, long bytes) {}

    /**
     * Reads what a savepoint consists of.
     *
     * @param address of its folder, or of the metadata in it
     * @throws IOException if there is none, or its metadata cannot be read
     */
    public static Savepoint open(String address) throws IOException {
        try {
            var location = AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(address);
            try (DataInputStream in =
                    new DataInputStream(location.getMetadataHandle().openInputStream())) {
                ClassLoader loader = Savepoint.class.getClassLoader();
                return new Savepoint(
                        address, Checkpoints.loadCheckpointMetadata(in, loader, location.getExternalPointer()));
            }
        } catch (FileNotFoundException e) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN, "There is no savepoint at %s: %s".formatted(address, WHAT_TO_DO), e);
        } catch (IOException | RuntimeException e) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN,
                    "The metadata of the savepoint %s cannot be read, so it is damaged or was never finished: %s (%s)"
                            .formatted(address, WHAT_TO_DO, e),
                    e);
        }
    }

    /**
     * Checks that every file of state is there in its full length.
     *
     * @throws IOException with the first that is not
     */
    public void requireAllFiles() throws IOException {
        for (StateFile file : files()) {
            FileSystem fileSystem = file.path().getFileSystem();
            long there = fileSystem.exists(file.path())
                    ? fileSystem.getFileStatus(file.path()).getLen()
                    : 0;
            if (there < file.bytes()) {
                throw new Failure(
                        ErrorCode.SAVEPOINT_BROKEN,
                        "The savepoint %s is damaged, %s has %d bytes of %d: %s"
                                .formatted(address, file.path().getName(), there, file.bytes(), WHAT_TO_DO));
            }
        }
    }

    /** The files of state; what is small lies in the metadata itself. */
    List<StateFile> files() {
        List<StateFile> files = new ArrayList<>();
        for (OperatorState operator : metadata.getOperatorStates()) {
            String uid =
                    operator.getOperatorUid().orElse(operator.getOperatorID().toString());
            operator.getStates().stream().flatMap(Savepoint::handles).forEach(handle -> {
                if (handle instanceof FileStateHandle file) {
                    files.add(new StateFile(uid, file.getFilePath(), file.getStateSize()));
                }
            });
        }
        return files;
    }

    private static Stream<StreamStateHandle> handles(OperatorSubtaskState state) {
        Stream<StreamStateHandle> keyed = Stream.concat(
                        state.getManagedKeyedState().stream(), state.getRawKeyedState().stream())
                .filter(KeyGroupsStateHandle.class::isInstance)
                .map(handle -> ((KeyGroupsStateHandle) handle).getDelegateStateHandle());
        Stream<StreamStateHandle> unkeyed = Stream.concat(
                        state.getManagedOperatorState().stream(), state.getRawOperatorState().stream())
                .map(OperatorStateHandle::getDelegateStateHandle);
        return Stream.concat(keyed, unkeyed);
    }
}
