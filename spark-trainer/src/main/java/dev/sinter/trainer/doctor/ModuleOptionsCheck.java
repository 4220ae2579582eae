package dev.sinter.trainer.doctor;

import java.util.ArrayList;
import java.util.List;

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
    List<String> closed = closed();
    if (!closed.isEmpty()) {
      return List.of(missing("the driver", closed, "spark.driver.extraJavaOptions"));
    }
    for (Answer<ArrayList<String>> answer : site.ask(ModuleOptionsCheck::closed)) {
      if (!answer.value().isEmpty()) {
        return List.of(missing(answer.who(), answer.value(), "spark.executor.extraJavaOptions"));
      }
    }
    return List.of(Finding.ok(name(), "set" + Wording.everywhere(site)));
  }

  private Finding missing(String who, List<String> closed, String setting) {
    return Finding.failure(
        name(),
        "without --add-opens for " + String.join(", ", closed) + " on " + who,
        setting + " with the options that docs/how-to/run-with-spark-submit.md names");
  }

  private static ArrayList<String> closed() {
    ArrayList<String> closed = new ArrayList<>();
    for (String name : PACKAGES) {
      if (!Object.class.getModule().isOpen(name, ModuleOptionsCheck.class.getModule())) {
        closed.add(name);
      }
    }
    return closed;
  }
}
