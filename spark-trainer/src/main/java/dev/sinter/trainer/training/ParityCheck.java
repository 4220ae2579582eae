package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.config.ClusterConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;

/**
 * Trains the first steps of a run twice, on its workers and on one, and compares. Driver-only;
 * neither writes anything.
 */
final class ParityCheck {
  /** Compressions that round in the same way whoever computes which lanes. */
  private static final Set<String> SAME_BITS = Set.of("none", "fp16", "bf16");

  private final SparkSession spark;
  private final TrainingPlan plan;
  private final RunConfig run;
  private final TensorDevices devices;
  private final TrainingListener listener;

  ParityCheck(
      SparkSession spark, TrainingPlan plan, TensorDevices devices, TrainingListener listener) {
    this.spark = spark;
    this.plan = plan;
    this.run = plan.configuration();
    this.devices = devices;
    this.listener = listener;
  }

  /**
   * Compares.
   *
   * @param atLeast steps; parameter averaging takes more where that ends at an averaging
   */
  ParityReport compare(int atLeast) {
    if (Dl4jTraining.isStrategy(run.sync().strategy())) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "PARITY_UNSUPPORTED",
          "sync.strategy "
              + run.sync().strategy()
              + " trains with DL4J's master, step by step out of sight",
          "verify gradient-sharing or parameter-averaging");
    }
    int steps = steps(atLeast);
    List<ParityOutcome> group =
        stage(
            plan.under(UUID.randomUUID().toString(), run),
            run.cluster().workers(),
            (shared, own, context, driver) -> ParityWorker.inGroup(shared, own, context, steps));
    ParityOutcome first = group.get(0);
    for (ParityOutcome other : group) {
      requireAgreement(first, other);
    }
    ParityOutcome alone =
        stage(
                plan.under(UUID.randomUUID().toString(), run.withPrecision(first.precision())),
                1,
                (shared, own, context, driver) -> ParityWorker.alone(shared, own, context, steps))
            .get(0);
    return new ParityReport(
        run.cluster().workers(),
        run.sync().strategy(),
        promisesTheSameBits() && first.repeatable() && alone.repeatable(),
        steps(first, alone),
        difference(plan.network().layout(), first.parameters(), alone.parameters()));
  }

  private int steps(int atLeast) {
    int every = run.sync().averageEverySteps();
    boolean averages = run.sync().strategy().equals("parameter-averaging");
    long steps = averages ? (atLeast + every - 1L) / every * every : atLeast;
    return Math.toIntExact(Math.min(steps, plan.totalSteps()));
  }

  private boolean promisesTheSameBits() {
    return run.sync().strategy().equals("gradient-sharing")
        && SAME_BITS.contains(run.sync().compression());
  }

  private List<ParityOutcome> stage(
      TrainingPlan shared, int workers, WorkerFunction.Work<ParityOutcome> work) {
    ClusterConfig cluster = new ClusterConfig(workers, run.cluster().timeoutSeconds());
    return new RunMonitor(spark, shared, cluster, listener, Optional::empty)
            .supervise(
                () -> BarrierStage.run(spark, shared, workers, devices, ParityOutcome.class, work))
            .stream()
            .sorted(Comparator.comparingInt(ParityOutcome::rank))
            .toList();
  }

  private void requireAgreement(ParityOutcome first, ParityOutcome other) {
    if (promisesTheSameBits() && !other.parametersSha256().equals(first.parametersSha256())) {
      throw new SinterException(
          ErrorCategory.BUG,
          "WORKERS_DISAGREE",
          "worker " + other.rank() + " holds other weights than worker 0",
          "this is a bug in Sinter; please report it with the configuration");
    }
  }

  private static List<ParityReport.Step> steps(ParityOutcome group, ParityOutcome alone) {
    List<ParityReport.Step> steps = new ArrayList<>();
    for (int i = 0; i < group.losses().size(); i++) {
      steps.add(
          new ParityReport.Step(
              i + 1,
              group.losses().get(i),
              alone.losses().get(i),
              group.parametersSha256().get(i),
              alone.parametersSha256().get(i)));
    }
    return steps;
  }

  /** Where two flat vectors are furthest apart; nothing when they have the same bits. */
  static Optional<ParityReport.Difference> difference(
      ParameterLayout layout, byte[] group, byte[] alone) {
    FloatBuffer ours = floats(group);
    FloatBuffer theirs = floats(alone);
    ParameterTensor where = null;
    double largest = -1;
    long differing = 0;
    for (ParameterTensor tensor : layout.tensors()) {
      int from = Math.toIntExact(tensor.offset());
      int to = Math.toIntExact(tensor.offset() + tensor.length());
      for (int i = from; i < to; i++) {
        if (Float.floatToRawIntBits(ours.get(i)) != Float.floatToRawIntBits(theirs.get(i))) {
          differing++;
          double apart = Math.abs((double) ours.get(i) - theirs.get(i));
          if (apart > largest || Double.isNaN(apart)) {
            largest = apart;
            where = tensor;
          }
        }
      }
    }
    return where == null
        ? Optional.empty()
        : Optional.of(
            new ParityReport.Difference(where.vertex() + "." + where.key(), largest, differing));
  }

  private static FloatBuffer floats(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }
}
