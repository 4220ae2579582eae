package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.libtorch.InstalledDevices;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/** Asks all questions about a session before a training does. Driver-only. */
public final class Doctor {
  private static final List<Check> CHECKS =
      List.of(
          new VersionsCheck(),
          new ModuleOptionsCheck(),
          new DynamicAllocationCheck(),
          new ExecutorsCheck(),
          new ThreadsCheck(),
          new NativeLibrariesCheck(),
          new ProcessorsCheck(),
          new MemoryCheck(),
          new GpuCheck(),
          new KryoCheck(),
          new AuthenticationCheck(),
          new ExchangeCheck(),
          new SharedMemoryCheck(),
          new ClockCheck(),
          new ScratchCheck(),
          new HadoopConfigurationCheck(),
          new FoldersCheck(),
          new SaltCheck());

  private final Site site;

  /**
   * An examination.
   *
   * @param run what is to be trained; without it, what does not depend on it is asked
   */
  public Doctor(SparkSession spark, Optional<RunConfig> run) {
    this.site = new Site(spark, run, Clock.systemUTC(), InstalledDevices.INSTANCE);
  }

  /**
   * Asks everything.
   *
   * @param told each finding as soon as it is known
   */
  public Diagnosis examine(Consumer<Finding> told) {
    List<Finding> all = new ArrayList<>();
    for (Check check : CHECKS) {
      List<Finding> findings = examine(check);
      findings.forEach(told);
      all.addAll(findings);
    }
    return new Diagnosis(all);
  }

  private List<Finding> examine(Check check) {
    try {
      return check.examine(site);
    } catch (Unanswerable e) {
      return List.of(Finding.skipped(check.name(), e.getMessage()));
    } catch (SinterException e) {
      return List.of(Finding.of(check.name(), e));
    } catch (RuntimeException | LinkageError e) {
      return List.of(
          Finding.of(
              check.name(),
              new SinterException(
                  ErrorCategory.RESOURCES,
                  "CHECK_FAILED",
                  e.toString().lines().findFirst().orElse(""),
                  "see the logs of driver and executors",
                  e)));
    }
  }
}
