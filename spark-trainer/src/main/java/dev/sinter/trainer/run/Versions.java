package dev.sinter.trainer.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.util.VersionInfo;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Versions of Sinter and of what it runs on. */
public final class Versions {
  private Versions() {}

  /** Name to version, in a fixed order. */
  public static Map<String, String> all() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("sinter", sinter());
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    versions.put("hadoop", VersionInfo.getVersion());
    versions.put("dl4j", implementation(ComputationGraph.class).orElse("1.0.0-M2.1"));
    versions.put("libtorch", "2.10.0");
    versions.put("java", System.getProperty("java.version"));
    return versions;
  }

  /** Sinter's own. */
  public static String sinter() {
    return implementation(Versions.class).orElse("development");
  }

  private static Optional<String> implementation(Class<?> type) {
    return Optional.ofNullable(type.getPackage().getImplementationVersion());
  }
}
