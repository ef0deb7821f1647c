#!/usr/bin/env bash
# STAND-IN for bin/jobmanager.sh and bin/taskmanager.sh of Flink's distribution: start-foreground [-DKEY=VALUE...].
set -euo pipefail
role=$(basename "$0" .sh)
[ "${1:-}" = start-foreground ] || { echo "only start-foreground is known here" >&2; exit 1; }
shift
conf=/opt/flink/conf
jars='/opt/flink/lib/*'
export FLINK_CONF_DIR=$conf FLINK_PLUGINS_DIR=/opt/flink/plugins
case $role in
  jobmanager) main=entrypoint.StandaloneSessionClusterEntrypoint command=GET_JM_RESOURCE_PARAMS ;;
  taskmanager) main=taskexecutor.TaskManagerRunner command=GET_TM_RESOURCE_PARAMS ;;
esac
# As Flink's own scripts do it: a small program prints the options of the JVM, and of Flink, that go with the memory.
bash_java_utils() {
  java -Xmx128m -cp "$jars" org.apache.flink.runtime.util.bash.BashJavaUtils "$@" |
    sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p'
}
mapfile -t memory < <(bash_java_utils "$command" --configDir $conf "$@")
options=$(bash_java_utils UPDATE_AND_GET_FLINK_CONFIGURATION --configDir $conf | sed -n "s/^env.java.opts.all: //p")
options=${options#[\'\"]}
read -ra jvm <<<"${memory[0]} ${options%[\'\"]}"
read -ra flink <<<"${memory[1]}"
exec java "${jvm[@]}" "-Dlog.file=/opt/flink/log/$role.log" "-Dlog4j.configurationFile=file:$conf/log4j-console.properties" \
  -cp "$jars" "org.apache.flink.runtime.$main" --configDir $conf "${flink[@]}" "$@"
