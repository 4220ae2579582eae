package dev.sinter.trainer.doctor;

import java.util.List;
import java.util.stream.Collectors;

/** The packages of Java that Spark and javacpp reach into. */
final class ModuleOptionsCheck implements Check {
  private static final List<String> PACKAGES =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "jdk.internal.ref",
          "sun.nio.ch");

  @Override
  public String name() {
    return "module-options";
  }

  @Override
  public List<Finding> examine(Site site) {
    String closed = closed();
    if (!closed.isEmpty()) {
      return List.of(missing("the driver", closed, "spark.driver.extraJavaOptions"));
    }
    for (Answer<String> answer : site.ask(ModuleOptionsCheck::closed)) {
      if (!answer.value().isEmpty()) {
        return List.of(missing(answer.who(), answer.value(), "spark.executor.extraJavaOptions"));
      }
    }
    return List.of(Finding.ok(name(), "set" + Wording.everywhere(site)));
  }

  private Finding missing(String who, String closed, String setting) {
    return Finding.failure(
        name(),
        "without --add-opens for " + closed + " on " + who,
        setting + " with the options that docs/how-to/run-with-spark-submit.md names");
  }

  private static String closed() {
    Module base = Object.class.getModule();
    return PACKAGES.stream()
        .filter(name -> !base.isOpen(name, ModuleOptionsCheck.class.getModule()))
        .collect(Collectors.joining(", "));
  }
}
