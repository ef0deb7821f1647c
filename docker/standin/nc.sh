#!/bin/bash
# STAND-IN for busybox' nc -z HOST PORT.
exec 3<>"/dev/tcp/$2/$3"
