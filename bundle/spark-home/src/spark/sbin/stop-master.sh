#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/spark-daemon.sh" stop master
