package io.tributary.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What {@code cluster.json} holds, for other programs too.
 *
 * @param web URL of Flink's web and REST interface
 * @param kafka bootstrap servers
 * @param controllerPort of the broker's own controller
 * @param jobManagerPort where TaskManagers find the JobManager
 * @param settings with the ports that were chosen
 * @param processes that were started and not stopped; any may have ended meanwhile
 */
record ClusterState(
        String web,
        String kafka,
        int controllerPort,
        int jobManagerPort,
        ClusterSettings settings,
        List<ClusterProcess> processes) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    ClusterState {
        processes = List.copyOf(processes);
    }

    /** A cluster that is not started yet, whose ports are chosen for good. */
    static ClusterState create(ClusterSettings settings) throws IOException {
        return of(
                settings.listeningOn(
                        chosen(settings.webPort(), "Flink's web interface"), chosen(settings.kafkaPort(), "Kafka")),
                Loopback.lastingPort("Kafka's controller"),
                Loopback.lastingPort("Flink's JobManager"),
                List.of());
    }

    private static int chosen(int port, String server) throws IOException {
        return port == 0 ? Loopback.lastingPort(server) : port;
    }

    private static ClusterState of(
            ClusterSettings settings, int controllerPort, int jobManagerPort, List<ClusterProcess> processes) {
        return new ClusterState(
                "http://" + Loopback.HOST + ":" + settings.webPort(),
                Loopback.HOST + ":" + settings.kafkaPort(),
                controllerPort,
                jobManagerPort,
                settings,
                processes);
    }

    /**
     * The same cluster with other settings. Where these leave a port open it stays, unless another program has it now.
     *
     * @throws IOException if no other port is free
     */
    ClusterState with(ClusterSettings other) throws IOException {
        int web = kept(LocalCluster.JOB_MANAGER, settings.webPort(), other.webPort());
        int kafkaPort = kept(LocalCluster.BROKER, settings.kafkaPort(), other.kafkaPort());
        return of(other.listeningOn(web, kafkaPort), controllerPort, jobManagerPort, processes);
    }

    private int kept(String process, int port, int wanted) throws IOException {
        boolean own = alive().stream().anyMatch(one -> one.name().equals(process));
        return wanted == 0 && (own || Loopback.isFree(port)) ? port : chosen(wanted, "the " + process);
    }

    ClusterState with(ClusterProcess started) {
        List<ClusterProcess> all = new ArrayList<>(processes);
        all.removeIf(process -> process.name().equals(started.name()));
        all.add(started);
        all.sort(Comparator.comparingInt(process -> settings.processes().indexOf(process.name())));
        return of(settings, controllerPort, jobManagerPort, all);
    }

    ClusterState withoutProcesses() {
        return of(settings, controllerPort, jobManagerPort, List.of());
    }

    List<ClusterProcess> alive() {
        return processes.stream().filter(ClusterProcess::alive).toList();
    }

    /**
     * Reads the state of a cluster, if there is one.
     *
     * @throws IOException if the file cannot be read or understood
     */
    static Optional<ClusterState> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), ClusterState.class));
        } catch (JsonProcessingException e) {
            if (isElsewhere(file)) {
                throw new Failure(
                        ErrorCode.NO_CLUSTER,
                        file + " tells of a cluster elsewhere, whose processes are not known here: list and status tell"
                                + " of its jobs, and another --folder is for a cluster on this machine",
                        e);
            }
            throw new IOException(
                    file + " is not what tributary wrote (" + e.getOriginalMessage() + "): if no process of"
                            + " this cluster runs, remove the file and start the cluster again",
                    e);
        }
    }

    /** Whether somebody wrote the addresses of a cluster into it, as docs/operations.md tells. */
    private static boolean isElsewhere(Path file) throws IOException {
        try {
            JsonNode json = JSON.readTree(file.toFile());
            return json.has("web") && !json.has("settings");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Replaces the file as a whole: a half-written one would lose the processes. */
    void write(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        JSON.writeValue(next.toFile(), this);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
