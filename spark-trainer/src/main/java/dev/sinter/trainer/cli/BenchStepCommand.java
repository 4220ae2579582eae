package dev.sinter.trainer.cli;

import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.bench.StepBenchmark;
import dev.sinter.trainer.bench.StepCase;
import dev.sinter.trainer.bench.StepEngine;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.run.Console;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code sinter bench step}. */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    description = {
      "Measures training steps of Sinter and of others, on generated images: images per second and"
          + " peak memory.",
      "Each engine runs in a process of its own, one after the other, in every round.",
      "  sinter            Sinter's full step: batches with augmentation, gradient, update",
      "  sinter-nd4j       the same on DL4J's executor, fp32",
      "  libtorch-bare     a libtorch loop tuned by hand, without a data stage",
      "  libtorch-default  the same as written by default: fp32, NCHW, nothing in place",
      "  dl4j-stock        DL4J's own ComputationGraph.fit, fp32; 10 to 20 times slower"
    })
final class BenchStepCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      split = ",",
      paramLabel = "NAME",
      description = "networks, as in `sinter models` (default: resnet18)")
  private List<String> models = List.of("resnet18");

  @Option(
      names = "--size",
      description = "height and width of the images (default: the network's own)")
  private Integer size;

  @Option(names = "--micro-batch-size", description = "images per step (default: 16)")
  private int microBatchSize = 16;

  @Option(names = "--classes", description = "classes (default: the network's own)")
  private Integer classes;

  @Option(
      names = "--engines",
      split = ",",
      paramLabel = "ENGINE",
      converter = EngineConverter.class,
      description = "what to measure (default: sinter,libtorch-bare,libtorch-default)")
  private List<StepEngine> engines =
      List.of(StepEngine.SINTER, StepEngine.LIBTORCH_BARE, StepEngine.LIBTORCH_DEFAULT);

  @Option(
      names = "--precision",
      split = ",",
      converter = PrecisionConverter.class,
      description =
          "fp32, bf16 or both (default: fp32); an engine that has no bf16 is measured in fp32")
  private List<ComputePrecision> precisions = List.of(ComputePrecision.FP32);

  @Option(names = "--threads", description = "threads that compute (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--threads-per-lane",
      description =
          "threads of one of Sinter's lanes, as engine.threads-per-lane; the images of a step are dealt to"
              + " threads / threads-per-lane lanes (default: all threads, one lane)")
  private Integer threadsPerLane;

  @Option(
      names = "--seconds",
      description = "how long steps are timed per round and engine, at least (default: 5)")
  private double seconds = 5;

  @Option(names = "--steps", description = "how many steps are timed, at least (default: 1)")
  private int steps = 1;

  @Option(names = "--rounds", description = "how often each engine is measured (default: 3)")
  private int rounds = 3;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    requireAtLeastOne("--micro-batch-size", microBatchSize);
    requireAtLeastOne("--threads", threads);
    if (threadsPerLane != null) {
      requireAtLeastOne("--threads-per-lane", threadsPerLane);
    }
    requireAtLeastOne("--steps", steps);
    requireAtLeastOne("--rounds", rounds);
    if (!(seconds >= 0 && seconds <= 3600)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds is " + seconds + ", not 0 to 3600");
    }
    List<StepCase> cases = models.stream().distinct().flatMap(this::cases).toList();
    StepBenchmark.check(cases);
    Console console = common.console();
    StepBenchmark.Report report =
        StepBenchmark.run(
            cases,
            rounds,
            (round, step, imagesPerSecond, peakMemoryBytes) ->
                console.line(
                    "round %d of %d: %-12s %-16s %s  %8.2f images/s  %,7d MiB",
                    round,
                    rounds,
                    step.model(),
                    step.engine().key(),
                    step.precision().key(),
                    imagesPerSecond,
                    peakMemoryBytes >> 20));
    BenchTables.print(console, report);
    JsonOutput.write(common.json(), report);
    return 0;
  }

  private Stream<StepCase> cases(String model) {
    ModelCard card = ModelRegistry.card(model);
    List<Integer> input = card.inputShape().dimensions();
    return precisions.stream()
        .flatMap(
            precision ->
                engines.stream()
                    .map(
                        engine ->
                            new StepCase(
                                model,
                                card.task(),
                                input.get(0),
                                size == null ? input.get(input.size() - 1) : size,
                                classes == null ? card.classes() : classes,
                                microBatchSize,
                                engine,
                                engine.supports(precision) ? precision : ComputePrecision.FP32,
                                threads,
                                threadsPerLane == null ? threads : threadsPerLane,
                                seconds,
                                steps)))
        .distinct();
  }

  private void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), option + " is " + value + ", and has to be 1 or more");
    }
  }

  private static final class EngineConverter implements ITypeConverter<StepEngine> {
    @Override
    public StepEngine convert(String value) {
      return StepEngine.byKey(value)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "no engine is called '"
                          + value
                          + "'; there are "
                          + Stream.of(StepEngine.values()).map(StepEngine::key).toList()));
    }
  }

  private static final class PrecisionConverter implements ITypeConverter<ComputePrecision> {
    @Override
    public ComputePrecision convert(String value) {
      try {
        ComputePrecision precision = ComputePrecision.byKey(value);
        if (precision == ComputePrecision.FP16) {
          throw new TypeConversionException("fp16 is for GPUs; the benchmark knows fp32 and bf16");
        }
        return precision;
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
