package io.tributary.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process of a {@link LocalCluster}, known by more than its pid: the system gives a pid to another process as soon as
 * the first has ended, and that one must not be signalled.
 *
 * @param name broker, jobmanager, or taskmanager-1 and so on
 * @param pid process id
 * @param startTicks when it started, in hundredths of a second since the machine did; exact, where the time of day of a
 *     start is computed anew by each JVM and is not always the same
 * @param boot the id of that start of the machine
 */
public record ClusterProcess(String name, long pid, long startTicks, String boot) {
    private static final Path PROC = Path.of("/proc");
    /** What the kernel shows to programs on x86-64, whatever its own clock does (USER_HZ). */
    private static final int TICKS_PER_SECOND = 100;
    /** Fields of /proc/PID/stat behind the name, which may have spaces and parentheses itself; proc(5) counts from 3. */
    private static final int STATE = 0;

    private static final int THREADS = 20 - 3;
    private static final int START_TIME = 22 - 3;

    /** The process that has this pid now, unless there is none, or one that has ended and was not waited for. */
    static Optional<ClusterProcess> of(String name, long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            if (hasEnded(fields)) {
                return Optional.empty();
            }
            String boot =
                    Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
            return Optional.of(new ClusterProcess(name, pid, Long.parseLong(fields[START_TIME]), boot));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * A zombie stays until its parent asks for it, and in a container the parent may never do so. While other threads of
     * a zombie are still ending, it has its ports and memory yet.
     */
    private static boolean hasEnded(String[] fields) {
        boolean zombie = fields[STATE].equals("Z") || fields[STATE].equals("X");
        return zombie && Integer.parseInt(fields[THREADS]) <= 1;
    }

    /** Whether this very process runs. */
    public boolean alive() {
        return of(name, pid).equals(Optional.of(this));
    }

    /** How long it has run, if it does. */
    public Optional<Duration> uptime() {
        if (!alive()) {
            return Optional.empty();
        }
        String sinceBoot = sinceBoot().split(" ", -1)[0];
        long ticks = Math.round(Double.parseDouble(sinceBoot) * TICKS_PER_SECOND) - startTicks;
        return Optional.of(Duration.ofMillis(Math.max(0, ticks) * 1000 / TICKS_PER_SECOND));
    }

    /** Bytes of memory that it holds now, if it runs. */
    public Optional<Long> residentBytes() {
        if (!alive()) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(PROC.resolve(pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            // It has just ended.
            return Optional.empty();
        }
    }

    /** Asks it to end (SIGTERM). */
    void terminate() {
        // The handle remembers the start too, so that nothing can come between the question and the signal.
        ProcessHandle.of(pid).filter(handle -> alive()).ifPresent(ProcessHandle::destroy);
    }

    /** Ends it at once (SIGKILL). */
    void kill() {
        ProcessHandle.of(pid).filter(handle -> alive()).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static String sinceBoot() {
        try {
            return Files.readString(PROC.resolve("uptime"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
