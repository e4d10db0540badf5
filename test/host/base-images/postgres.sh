#!/bin/sh
# What the official image does at its start, as far as we use it: a database of that name, owner and password at the
# first one, and the command as user postgres.
set -eu
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=/run/postgresql/password
  (umask 077 && echo "$POSTGRES_PASSWORD" >$password)
  initdb --username="$POSTGRES_USER" --pwfile=$password --auth-host=scram-sha-256 --auth-local=trust
  rm $password
  pg_ctl -w start -o '-c listen_addresses='
  createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl -w stop
fi
exec "$@"
