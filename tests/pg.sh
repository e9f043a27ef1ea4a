#!/bin/sh
# A private PostgreSQL for the tests: no network, a socket in its own folder, nothing synced.
#   tests/pg.sh start DIR   makes a cluster in DIR (new or empty) and prints its URL
#   tests/pg.sh stop DIR    stops it; DIR may be removed then
set -eu

usage() {
    sed -n '2,4p' "$0" >&2
    exit 2
}
[ $# = 2 ] || usage
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)

bin=${PG_BIN:-}
if [ -z "$bin" ]; then
    for bin in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V); do :; done
fi
[ -x "$bin/initdb" ] || { echo "pg.sh: PostgreSQL is not installed (no initdb)" >&2; exit 1; }

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    user=postgres
    chown postgres "$dir"
    as() { runuser -u postgres -- "$@"; }
else
    user=$(id -un)
    as() { "$@"; }
fi

case $command in
start)
    cd "$dir"
    as "$bin/initdb" -D "$dir/data" -U "$user" -A trust --locale=C --encoding=UTF8 \
        --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
    as "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -s \
        -o "-k '$dir' -c listen_addresses='' -c fsync=off -c max_connections=200" start >&2 ||
        { cat "$dir/server.log" >&2; exit 1; }
    echo "postgresql:///postgres?host=$dir&user=$user"
    ;;
stop)
    cd "$dir"
    as "$bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop
    ;;
*) usage ;;
esac
