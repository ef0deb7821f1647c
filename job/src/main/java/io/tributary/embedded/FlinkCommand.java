package io.tributary.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * The commands of Flink's processes, with the memory that Flink's own start scripts would give them: a TaskManager does
 * not start without.
 *
 * @param settings of Flink, as they are in the folder's configuration
 * @param folder of the cluster
 * @param classPath of Flink
 * @param threads of one training subtask
 */
record FlinkCommand(Configuration settings, ClusterFolder folder, String classPath, int threads) {
    /** In the folder's configuration, beside Flink's. */
    static final String JVM_OPTIONS = "training-jvm.options";

    static final String LOG_SETTINGS = "broker-log4j2.xml";

    /** The command of a JobManager. */
    List<String> jobManager(String name, Path temporary) {
        JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(settings);
        return command(
                name,
                temporary,
                JobManagerProcessUtils.generateJvmParametersStr(memory, settings),
                settings.get(CoreOptions.FLINK_JM_JVM_OPTIONS),
                StandaloneSessionClusterEntrypoint.class,
                JobManagerProcessUtils.generateDynamicConfigsStr(memory));
    }

    /** The command of a TaskManager, which Flink knows by its name: its place is its own when it comes back. */
    List<String> taskManager(String name, Path temporary) {
        TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(settings);
        List<String> command = command(
                name,
                temporary,
                ProcessMemoryUtils.generateJvmParametersStr(memory),
                settings.get(CoreOptions.FLINK_TM_JVM_OPTIONS),
                TaskManagerRunner.class,
                TaskExecutorProcessUtils.generateDynamicConfigsStr(memory));
        command.addAll(List.of("-D", TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key() + "=" + name));
        return command;
    }

    /** With the JVM options of the user last, as in Flink's own start scripts: there they win. */
    private List<String> command(
            String name, Path temporary, String jvmMemory, String own, Class<?> main, String memorySettings) {
        List<String> command = new ArrayList<>(List.of(JavaProcess.JAVA));
        command.addAll(List.of(jvmMemory.split(" ", -1)));
        command.addAll(List.of(
                "@" + folder.conf().resolve(JVM_OPTIONS),
                "-Dai.djl.pytorch.num_threads=" + threads,
                // The web interface shows the file of this name; the process writes to its standard output.
                "-Dlog.file=" + folder.log(name),
                "-Dlog4j2.configurationFile="
                        + folder.conf().resolve(LOG_SETTINGS).toUri(),
                "-XX:ErrorFile=" + folder.logs().resolve(name + "-crash-%p.log"),
                "-Djava.io.tmpdir=" + temporary));
        Stream.of(settings.get(CoreOptions.FLINK_JVM_OPTIONS), own)
                .flatMap(options -> Stream.of(options.strip().split("\\s+", -1)))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.addAll(List.of(
                "-cp", classPath, main.getName(), "--configDir", folder.conf().toString()));
        command.addAll(List.of(memorySettings.strip().split(" ", -1)));
        command.addAll(List.of("-D", CoreOptions.TMP_DIRS.key() + "=" + temporary));
        return JavaProcess.ignoringCtrlC(name, command);
    }
}
