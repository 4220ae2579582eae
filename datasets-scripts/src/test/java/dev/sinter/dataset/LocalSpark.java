package dev.sinter.dataset;

import org.apache.spark.sql.SparkSession;

/** Spark in the test's process, which ships nothing that is not registered with Kryo. */
final class LocalSpark {
  private LocalSpark() {}

  static SparkSession start() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .config("spark.kryo.registrationRequired", "true")
        .config("spark.kryo.classesToRegister", "[[B,scala.Tuple2")
        .getOrCreate();
  }
}
