package dev.sinter.trainer.doctor;

import dev.sinter.trainer.config.RunConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Hadoop's configuration, where locations are on HDFS. */
final class HadoopConfigurationCheck implements Check {
  private static final String HDFS = "hdfs";

  @Override
  public String name() {
    return "hadoop-configuration";
  }

  @Override
  public List<Finding> examine(Site site) {
    java.net.URI fallback = FileSystem.getDefaultUri(site.hadoop());
    boolean used =
        HDFS.equals(fallback.getScheme())
            || site.run().stream()
                .flatMap(HadoopConfigurationCheck::locations)
                .anyMatch(location -> HDFS.equals(new Path(location).toUri().getScheme()));
    Optional<String> folder =
        Stream.of("HADOOP_CONF_DIR", "YARN_CONF_DIR")
            .filter(name -> System.getenv(name) != null)
            .map(name -> name + "=" + System.getenv(name))
            .findFirst();
    String found = folder.orElse("no HADOOP_CONF_DIR") + ", fs.defaultFS " + fallback;
    return List.of(
        used && folder.isEmpty()
            ? Finding.warning(
                name(),
                found + ", and locations are on hdfs:",
                "HADOOP_CONF_DIR in the driver's environment, for name services, Kerberos and replication")
            : Finding.ok(name(), found));
  }

  private static Stream<String> locations(RunConfig run) {
    return Stream.of(run.data().input(), run.data().output(), run.train().output())
        .filter(location -> !location.isEmpty());
  }
}
