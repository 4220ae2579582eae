#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/spark-daemon.sh" start worker org.apache.spark.deploy.worker.Worker "$@"
