#!/usr/bin/env bash
# The spark-submit of a Spark whose jars are the class path of the tests.
# shellcheck disable=SC2086 # options are words
exec "$INTERPRETER_JAVA" $INTERPRETER_OPTIONS -cp "$SPARK_CLASS_PATH" org.apache.spark.deploy.SparkSubmit "$@"
