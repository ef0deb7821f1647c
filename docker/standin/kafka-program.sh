#!/bin/bash
# STAND-IN for kafka-storage.sh and kafka-server-start.sh of Kafka's distribution.
set -euo pipefail
jars='/opt/kafka/libs/*'
case $(basename "$0") in
  kafka-storage.sh) exec java -Xmx128m -cp "$jars" kafka.tools.StorageTool "$@" ;;
  kafka-server-start.sh) exec java "${KAFKA_HEAP_OPTS:--Xmx1g}" -cp "$jars" kafka.Kafka "$@" ;;
esac
