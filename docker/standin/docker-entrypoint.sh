#!/usr/bin/env bash
# STAND-IN for the entrypoint of Flink's image: the two commands that matter here, and any other command as it is.
set -euo pipefail
case ${1:-help} in
  help) echo "Usage: docker-entrypoint.sh (jobmanager|taskmanager)" ;;
  jobmanager | taskmanager) exec "/opt/flink/bin/$1.sh" start-foreground "${@:2}" ;;
  *) exec "$@" ;;
esac
