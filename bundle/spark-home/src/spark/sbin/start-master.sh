#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/spark-daemon.sh" start master org.apache.spark.deploy.master.Master "$@"
