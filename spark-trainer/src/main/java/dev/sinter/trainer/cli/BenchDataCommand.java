package dev.sinter.trainer.cli;

import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.bench.DataBenchmark;
import dev.sinter.trainer.bench.StepBenchmark;
import dev.sinter.trainer.bench.StepCase;
import dev.sinter.trainer.bench.StepEngine;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Processor;
import dev.sinter.trainer.run.Console;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sinter bench data}. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description = {
      "Measures how many samples a second a worker can be fed with: from a shard into its cache, and"
          + " from the cache into augmented batches, on generated images.",
      "Beside it, how many the fastest engine takes on the same threads: a hand-tuned libtorch loop"
          + " without a data stage where there is one, else Sinter's own step."
    })
final class BenchDataCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "a network of images, as in `sinter models` (default: resnet18)")
  private String model = "resnet18";

  @Option(
      names = "--size",
      description = "height and width of the images (default: the network's own)")
  private Integer size;

  @Option(names = "--micro-batch-size", description = "images per batch (default: 16)")
  private int microBatchSize = 16;

  @Option(names = "--threads", description = "threads that work (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--seconds",
      description = "how long each is timed, at least, after as much warming up (default: 5)")
  private double seconds = 5;

  @Option(
      names = "--no-engine",
      negatable = true,
      description = "leave out what an engine takes: reading alone")
  private boolean engine = true;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  /**
   * What an engine takes.
   *
   * @param engine its name
   * @param precision that it computed in
   * @param imagesPerSecond that it trained on
   */
  private record Consumer(String engine, String precision, double imagesPerSecond) {}

  /** Everything that was measured. */
  private record Report(
      String model,
      int size,
      int microBatch,
      Consumer consumer,
      List<DataBenchmark.Stage> results) {}

  @Override
  public Integer call() {
    require("--micro-batch-size", microBatchSize >= 1 && microBatchSize <= 256, "1 to 256");
    require("--threads", threads >= 1, "1 or more");
    require("--seconds", seconds >= 0 && seconds <= 3600, "0 to 3600");
    ModelCard card = ModelRegistry.card(model);
    require("--model", card.inputShape().dimensions().size() == 3, "a network of images");
    Console console = common.console();
    StepCase step = step(card);
    StepBenchmark.check(List.of(step));
    Consumer consumer = engine ? consumer(step, console) : new Consumer("", "", Double.NaN);
    List<DataBenchmark.Stage> stages = DataBenchmark.run(step, consumer.imagesPerSecond());
    for (DataBenchmark.Stage stage : stages) {
      console.line(
          "%-12s %2d threads %,10.0f samples/s%s",
          stage.stage(),
          stage.threads(),
          stage.samplesPerSecond(),
          engine ? String.format("  %.1f times what it takes", stage.timesConsumer()) : "");
    }
    JsonOutput.write(
        common.json(), new Report(model, step.size(), microBatchSize, consumer, stages));
    return 0;
  }

  private Consumer consumer(StepCase step, Console console) {
    StepBenchmark.Result result =
        StepBenchmark.run(List.of(step), 1, (round, one, images, memory) -> {}).results().get(0);
    console.line(
        "%s takes %.1f images/s of %s (%s, %d threads)",
        result.engine(), result.imagesPerSecond(), model, result.precision(), threads);
    return new Consumer(result.engine(), result.precision(), result.imagesPerSecond());
  }

  private StepCase step(ModelCard card) {
    List<Integer> input = card.inputShape().dimensions();
    StepEngine fastest =
        StepBenchmark.isHandWritten(model) ? StepEngine.LIBTORCH_BARE : StepEngine.SINTER;
    return new StepCase(
        model,
        card.task(),
        input.get(0),
        size == null ? input.get(input.size() - 1) : size,
        card.classes(),
        microBatchSize,
        fastest,
        Processor.current().multipliesBfloat16() ? ComputePrecision.BF16 : ComputePrecision.FP32,
        threads,
        threads,
        seconds,
        1);
  }

  private void require(String option, boolean holds, String allowed) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), option + " has to be " + allowed);
    }
  }
}
