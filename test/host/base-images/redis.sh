#!/bin/sh
# What the official image does at its start: the command as user redis.
set -eu
if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"; fi
exec "$@"
