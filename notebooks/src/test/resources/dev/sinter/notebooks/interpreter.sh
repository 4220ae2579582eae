#!/usr/bin/env bash
# Zeppelin's own bin/interpreter.sh is in no jar of Maven Central; this is what of it the tests need. The server calls
# it with the folder of an interpreter, and with the host and port where the interpreter's process is to report.
while getopts "hc:p:r:d:l:v:u:g:i:P:" option; do
  case $option in
    c) host=$OPTARG ;;
    p) port=$OPTARG ;;
    r) ports=$OPTARG ;;
    d) folder=$OPTARG ;;
    i) group=$OPTARG ;;
    *) ;;
  esac
done
main=org.apache.zeppelin.interpreter.remote.RemoteInterpreterServer
if [ "$(basename "$folder")" = spark ]; then
  IFS='|' read -ra settings <<<"${ZEPPELIN_SPARK_CONF:-}"
  export SPARK_CLASS_PATH="$folder/*:$SPARK_CLASS_PATH"
  exec "$SPARK_HOME/bin/spark-submit" --class $main "${settings[@]}" "$folder"/spark-interpreter-*.jar \
    "$host" "$port" "$group" "$ports"
fi
# shellcheck disable=SC2086 # options are words
exec "$INTERPRETER_JAVA" -Xmx256m -cp "$folder/*" $main "$host" "$port" "$group" "$ports"
