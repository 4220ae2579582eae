#!/usr/bin/env bash
# spark-daemon.sh start|stop NAME [CLASS OPTIONS...]: a process in the background, with its id and log in files.
set -euo pipefail
SPARK_HOME="${SPARK_HOME:-$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)}"
action=$1 name=$2
shift 2
mkdir -p "${SPARK_PID_DIR:=/tmp}" "${SPARK_LOG_DIR:=$SPARK_HOME/logs}"
pid="$SPARK_PID_DIR/spark-$name.pid"
case $action in
  start)
    nohup "$SPARK_HOME/bin/spark-class" "$@" >"$SPARK_LOG_DIR/spark-$name.out" 2>&1 </dev/null &
    echo $! >"$pid"
    echo "starting $name, logging to $SPARK_LOG_DIR/spark-$name.out"
    ;;
  stop)
    [ ! -f "$pid" ] || kill "$(cat "$pid")"
    rm -f "$pid"
    ;;
esac
