package dev.sinter.trainer.doctor;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.util.VersionInfo;

/** Java, Spark and Hadoop of driver and executors. */
final class VersionsCheck implements Check {
  private static final int TESTED_JAVA = 17;

  /**
   * What a process runs on.
   *
   * @param java its version
   * @param feature its first number
   * @param spark the version of Spark
   * @param hadoop the version of Hadoop
   */
  record Versions(String java, int feature, String spark, String hadoop) implements Serializable {
    static Versions here() {
      return new Versions(
          Runtime.version().toString(),
          Runtime.version().feature(),
          org.apache.spark.package$.MODULE$.SPARK_VERSION(),
          VersionInfo.getVersion());
    }

    @Override
    public String toString() {
      return "Java " + java + ", Spark " + spark + ", Hadoop " + hadoop;
    }
  }

  @Override
  public String name() {
    return "versions";
  }

  @Override
  public List<Finding> examine(Site site) {
    Versions driver = Versions.here();
    List<Answer<Versions>> answers = site.ask(Versions::here);
    for (Answer<Versions> answer : answers) {
      Versions there = answer.value();
      if (there.feature() != driver.feature() || !there.spark().equals(driver.spark())) {
        return List.of(
            Finding.failure(
                name(),
                driver + " on the driver, but " + there + " on " + answer.who(),
                "the same Java and Spark for driver and executors (spark.executorEnv.JAVA_HOME)"));
      }
    }
    Set<Versions> all = Site.values(answers);
    all.add(driver);
    if (driver.feature() != TESTED_JAVA || all.size() > 1) {
      return List.of(
          Finding.warning(
              name(),
              all.toString(),
              all.size() > 1
                  ? "the same versions everywhere"
                  : "JAVA_HOME of a JDK 17, which Sinter is tested on"));
    }
    return List.of(Finding.ok(name(), driver + Wording.everywhere(site)));
  }
}
