package dev.sinter.trainer.cli;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.doctor.Diagnosis;
import dev.sinter.trainer.doctor.Doctor;
import dev.sinter.trainer.doctor.Finding;
import dev.sinter.trainer.doctor.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter doctor [CONFIG]}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Looks at a cluster before a training does: a line for each thing that a training needs, with what to"
            + " change. Nothing is left behind. Exit codes: 0 nothing fails (warnings may), 2 configuration,"
            + " 4 cluster or resources.")
final class DoctorCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description =
          "the run's YAML file, local or a URI; without it, what does not depend on it is looked at")
  private String file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "overrides a key, such as -Dcluster.workers=4; may be repeated")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Optional<RunConfig> run = ConfigOptions.readIfGiven(file, overrides);
    FindingLines lines = new FindingLines(common.console());
    try (SparkSession spark = session(run)) {
      Diagnosis diagnosis = new Doctor(spark, run).examine(lines::print);
      lines.printEnd(diagnosis);
      JsonOutput.write(common.json(), json(diagnosis));
      return diagnosis.exitCode();
    }
  }

  private static SparkSession session(Optional<RunConfig> run) {
    return run.isPresent()
        ? SparkSessions.openForWorkers("sinter doctor", run.get().cluster().workers())
        : SparkSessions.open("sinter doctor");
  }

  private static Map<String, Object> json(Diagnosis diagnosis) {
    List<Map<String, Object>> checks =
        diagnosis.findings().stream().map(DoctorCommand::json).toList();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("checks", checks);
    json.put("failures", diagnosis.count(Outcome.FAILURE));
    json.put("warnings", diagnosis.count(Outcome.WARNING));
    json.put("exit_code", diagnosis.exitCode());
    return json;
  }

  private static Map<String, Object> json(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("check", finding.check());
    json.put("outcome", finding.outcome().key());
    json.put("found", finding.found());
    json.put("setting", finding.setting().isEmpty() ? null : finding.setting());
    return json;
  }
}
