package dev.sinter.trainer.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.util.VersionInfo;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.IVersionProvider;

/** Versions of Sinter and of what it runs on. */
final class Versions {
  private Versions() {}

  /** Name to version, in a fixed order. */
  static Map<String, String> all() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("sinter", sinter());
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    versions.put("hadoop", VersionInfo.getVersion());
    versions.put("dl4j", implementation(ComputationGraph.class).orElse("1.0.0-M2.1"));
    versions.put("libtorch", "2.10.0");
    versions.put("java", System.getProperty("java.version"));
    return versions;
  }

  static String sinter() {
    return implementation(Sinter.class).orElse("development");
  }

  private static Optional<String> implementation(Class<?> type) {
    return Optional.ofNullable(type.getPackage().getImplementationVersion());
  }

  /** What {@code --version} prints. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return all().entrySet().stream()
          .map(entry -> entry.getKey() + " " + entry.getValue())
          .toArray(String[]::new);
    }
  }
}
