package dev.sinter.trainer.cli;

import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.checkpoint.Promotion;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.registry.ModelVersion;
import dev.sinter.trainer.registry.RegistryDirectory;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code sinter models --registry URI}: what a registry holds, and who is champion. */
final class RegistryOptions {
  @Option(
      names = "--registry",
      paramLabel = "URI",
      description = "list the versions of a model that `sinter retrain` keeps there")
  private String registry;

  @Option(
      names = "--promote",
      paramLabel = "VERSION",
      description = "with --registry: make this version champion")
  private String promote;

  @Option(
      names = "--rollback",
      description = "with --registry: make the version champion that was before the present one")
  private boolean rollback;

  /** Whether a registry is meant; else the networks. */
  boolean given() {
    return registry != null;
  }

  void check(CommandLine command, String name) {
    if (!given() && (promote != null || rollback)) {
      throw new ParameterException(command, "--promote and --rollback need --registry");
    }
    if (promote != null && rollback) {
      throw new ParameterException(command, "--promote and --rollback exclude each other");
    }
    if (given() && name != null) {
      throw new ParameterException(command, "--registry lists versions; leave out " + name);
    }
  }

  /** Does what is asked for, and prints what the registry holds then. */
  Map<String, Object> run(PrintStream out) {
    RegistryDirectory directory = open();
    if (promote != null || rollback) {
      try (FolderLease lease =
          directory.lease(holder -> out.println("waiting for " + holder + " to end"))) {
        lease.requireHeld();
        Promotion promotion =
            rollback ? directory.rollback() : directory.promote(promote, Promotion.BY_HAND, 0);
        out.println("champion is now " + promotion.version());
      }
    }
    List<ModelVersion> versions = directory.versions();
    Optional<String> champion = directory.champion();
    print(out, versions, champion);
    return json(directory, versions, champion);
  }

  private RegistryDirectory open() {
    // What Spark's configuration says of file systems, without a session.
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
    return RegistryDirectory.open(Locations.qualified(registry, hadoop), hadoop);
  }

  private static void print(
      PrintStream out, List<ModelVersion> versions, Optional<String> champion) {
    if (versions.isEmpty()) {
      out.println("no versions; `sinter retrain CONFIG` makes the first");
      return;
    }
    out.printf(
        "  %-8s %-20s %-16s %-18s %8s %10s  %s%n",
        "version", "created", "network", "measure", "score", "samples", "from");
    for (ModelVersion version : versions) {
      Double score = version.metrics().get(version.metric());
      out.printf(
          Locale.ROOT,
          "%s %-8s %-20s %-16s %-18s %8s %,10d  %s%n",
          champion.filter(version.name()::equals).isPresent() ? "*" : " ",
          version.name(),
          version.created(),
          version.model(),
          version.metric(),
          score == null ? "-" : String.format(Locale.ROOT, "%.4f", score),
          version.data().allSamples(),
          version.parent() == null ? "-" : version.parent());
    }
    out.println(champion.map(name -> "* champion").orElse("no champion"));
  }

  private static Map<String, Object> json(
      RegistryDirectory directory, List<ModelVersion> versions, Optional<String> champion) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("registry", directory.toString());
    json.put("champion", champion.orElse(null));
    json.put("rollback_to", directory.rollbackTarget().orElse(null));
    List<Map<String, Object>> all = new ArrayList<>();
    for (ModelVersion version : versions) {
      all.add(json(directory, version, champion));
    }
    json.put("versions", all);
    json.put("promotions", directory.promotions());
    return json;
  }

  private static Map<String, Object> json(
      RegistryDirectory directory, ModelVersion version, Optional<String> champion) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", version.name());
    json.put("champion", champion.filter(version.name()::equals).isPresent());
    json.put("location", directory.folderOf(version.name()).toString());
    json.put("attempt", version.attempt());
    json.put("created", version.created());
    json.put("parent", version.parent());
    json.put("model", version.model());
    json.put("task", version.task());
    json.put("parameters_sha256", version.parametersSha256());
    json.put("epoch", version.epoch());
    json.put("metric", version.metric());
    json.put("metrics", version.metrics());
    json.put("data", version.data());
    json.put("configuration", version.configuration());
    json.put("versions", version.versions());
    return json;
  }
}
