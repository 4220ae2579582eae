package dev.sinter.trainer.training;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.NetworkParts;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.checkpoint.OptimizerFiles;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.Sha256;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.EngineConfig;
import dev.sinter.trainer.config.FreezeConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.BatchAssembler;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.data.Randomness;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SampleOrder;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.FrozenParts;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.PrecisionSupport;
import dev.sinter.trainer.engine.Processor;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.engine.libtorch.InstalledDevices;
import dev.sinter.trainer.optimizer.LearningRateSchedule;
import dev.sinter.trainer.optimizer.Optimizer;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.Treatment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** A run with gradient sharing, in one loop: no Spark, no workers, no slices, no blocks. */
final class ReferenceRun {
  private final RunConfig run;
  private final DatasetManifest dataset;
  private final Network network;
  private final LanePlan lanes;
  private final Optimizer optimizer;
  private final float[] parameters;
  private final float[][] state;
  private final NetworkParts parts;
  private long step;

  private ReferenceRun(RunConfig run) {
    this.run = run;
    this.dataset = DatasetManifest.read(data(), new Configuration());
    ModelSpec spec =
        new ModelSpec(
                run.model().name(),
                dataset.inputShape(),
                dataset.classes().size(),
                run.train().loss(),
                run.model().options(),
                run.train().seed())
            .withSkips(run.model().skips());
    this.network = Network.of(spec, ModelRegistry.configuration(spec));
    this.parts = ModelRegistry.parts(spec);
    this.lanes =
        new LanePlan(
            (int) dataset.splits().get("train").samples(),
            run.train().lanes(),
            run.train().microBatchSize());
    this.optimizer = Optimizers.create(TrainingSettings.optimizer(run.optimizer()));
    ComputationGraph graph = new ComputationGraph(network.configuration());
    graph.init();
    this.parameters = graph.params().data().asFloat();
    this.state = new float[optimizer.stateVectors()][parameters.length];
  }

  /** Hash of the final parameters. */
  static String parametersSha256(RunConfig run, Path scratch) throws InterruptedException {
    return alone(() -> new ReferenceRun(run).train(scratch));
  }

  /** Hash of the final parameters of a run that goes on from the end of another one. */
  static String parametersSha256(RunConfig before, RunConfig after, Path scratch)
      throws InterruptedException {
    return alone(
        () -> {
          ReferenceRun first = new ReferenceRun(before);
          first.train(scratch);
          ReferenceRun second = new ReferenceRun(after);
          System.arraycopy(first.parameters, 0, second.parameters, 0, first.parameters.length);
          for (int k = 0; k < second.state.length; k++) {
            System.arraycopy(first.state[k], 0, second.state[k], 0, first.state[k].length);
          }
          second.step = first.step;
          return second.train(scratch);
        });
  }

  /** Hash of the final parameters of a run that goes on from a checkpoint. */
  static String parametersSha256(String checkpoint, RunConfig after, Path scratch)
      throws InterruptedException {
    return alone(
        () -> {
          ReferenceRun run = new ReferenceRun(after);
          run.read(checkpoint);
          return run.train(scratch);
        });
  }

  private static String alone(Callable<String> training) throws InterruptedException {
    // libtorch keeps its thread count per thread: leave this one as it was.
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(training).get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      thread.shutdownNow();
    }
  }

  private org.apache.hadoop.fs.Path data() {
    return new org.apache.hadoop.fs.Path(run.data().output());
  }

  private void read(String checkpoint) throws IOException {
    StoredModel model = RunDirectory.readModel(checkpoint, new Configuration());
    try (FlatVector stored = model.parameters()) {
      stored.floats().get(parameters);
    }
    step = model.manifest().step();
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(checkpoint);
    for (OptimizerSliceFile slice : model.manifest().optimizerSlices()) {
      List<FlatVector> vectors =
          OptimizerFiles.read(
              folder.getFileSystem(new Configuration()), folder, slice, state.length);
      for (int k = 0; k < state.length; k++) {
        vectors.get(k).floats().get(state[k], (int) slice.offset(), slice.length());
        vectors.get(k).close();
      }
    }
  }

  private String train(Path scratch) {
    LearningRateSchedule schedule = TrainingSettings.schedule(run, lanes.stepsPerEpoch());
    long steps = (long) lanes.stepsPerEpoch() * run.train().epochs();
    try (FlatVector vector = FlatVector.ofFloats(parameters.length);
        FlatVector gradient = FlatVector.ofFloats(parameters.length);
        SampleCache samples = read(scratch)) {
      SampleOrder order = TrainingSettings.order(run, lanes, samples);
      BatchAssembler assembler =
          new BatchAssembler(
              samples,
              dataset.normalization(),
              TrainingSettings.augmentation(run.train().augment()));
      Batch batch = batch(samples);
      while (step < steps) {
        step++;
        vector.floats().put(parameters);
        int epoch = lanes.epochOf(step - 1);
        float[][] gradients = new float[run.train().lanes()][parameters.length];
        try (Replica replica =
            Engines.byName(engine(run)).createReplica(executed(epoch + 1), vector)) {
          for (int lane = 0; lane < gradients.length; lane++) {
            assembler.fill(order, epoch, lanes.stepInEpoch(step - 1), lane, batch);
            long dropout = Randomness.DROPOUT.seedFor(run.train().seed(), step, lane);
            replica.computeGradient(batch, dropout, gradient);
            gradient.floats().get(gradients[lane]);
          }
        }
        float[] mean = sum(gradients, 0, gradients.length);
        for (int i = 0; i < mean.length; i++) {
          mean[i] *= 1f / gradients.length;
        }
        update(schedule.at(step, steps), epoch + 1, mean);
      }
      vector.floats().put(parameters);
      return Sha256.of(vector);
    }
  }

  private SampleCache read(Path scratch) {
    try (SplitReader reader =
        new SplitReader(new Configuration(), data(), dataset, "train", 0, lanes.samples())) {
      return SampleCache.read(reader, 0, scratch);
    }
  }

  private Batch batch(SampleCache samples) {
    return samples.masked()
        ? Batch.withLabelPerPosition(lanes.microBatchSize(), dataset.inputShape().dimensions())
        : Batch.withLabelPerSample(lanes.microBatchSize(), dataset.inputShape().dimensions());
  }

  private static float[] sum(float[][] gradients, int from, int to) {
    if (to - from == 1) {
      return gradients[from];
    }
    float[] left = sum(gradients, from, (from + to) / 2);
    float[] right = sum(gradients, (from + to) / 2, to);
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    return left;
  }

  private Set<String> frozen(int epoch) {
    FreezeConfig freeze = run.model().freeze();
    Set<String> frozen = new HashSet<>();
    freeze.until().ifPresent(part -> frozen.addAll(parts.upTo(part)));
    for (FreezeConfig.Unfreeze entry : freeze.unfreeze()) {
      if (entry.epoch() <= epoch) {
        frozen.removeAll(parts.from(entry.from()));
      }
    }
    return frozen;
  }

  private Network executed(int epoch) {
    return network.with(new FrozenParts(frozen(epoch), frozen(epoch)));
  }

  /** For one entry of {@code model.unfreeze} at most, and statistics that are frozen. */
  private Optimizer.Update updateOf(String vertex, double rate) {
    double factor = 1;
    for (var entry : run.optimizer().learningRateFactors().entrySet()) {
      factor *= parts.part(entry.getKey()).contains(vertex) ? entry.getValue() : 1;
    }
    long stepsFrozen = 0;
    if (frozen(1).contains(vertex)) {
      FreezeConfig.Unfreeze entry = run.model().freeze().unfreeze().get(0);
      factor *= entry.learningRateFactor();
      stepsFrozen = (entry.epoch() - 1L) * lanes.stepsPerEpoch();
    }
    return optimizer.at(step - stepsFrozen, rate * factor);
  }

  private void update(double rate, int epoch, float[] mean) {
    Set<String> frozen = frozen(epoch);
    for (ParameterTensor tensor : network.layout().tensors()) {
      if (frozen.contains(tensor.vertex())) {
        continue;
      }
      int start = (int) tensor.offset();
      int end = (int) (start + tensor.length());
      if (tensor.role() != ParameterTensor.Role.TRAINABLE) {
        float decay = statisticDecay(tensor);
        for (int i = start; i < end; i++) {
          parameters[i] = decay * parameters[i] + (1 - decay) * mean[i];
        }
        continue;
      }
      Treatment treatment = tensor.shape().length > 1 ? Treatment.DECAYED : Treatment.UNDECAYED;
      float[] values = Arrays.copyOfRange(parameters, start, end);
      float[] gradient = Arrays.copyOfRange(mean, start, end);
      float[][] own = new float[state.length][];
      for (int k = 0; k < state.length; k++) {
        own[k] = Arrays.copyOfRange(state[k], start, end);
      }
      updateOf(tensor.vertex(), rate).apply(values, gradient, own, values.length, treatment);
      System.arraycopy(values, 0, parameters, start, values.length);
      for (int k = 0; k < state.length; k++) {
        System.arraycopy(own[k], 0, state[k], start, values.length);
      }
    }
  }

  private float statisticDecay(ParameterTensor tensor) {
    LayerVertex vertex = (LayerVertex) network.configuration().getVertices().get(tensor.vertex());
    return (float) ((BatchNormalization) vertex.getLayerConf().getLayer()).getDecay();
  }

  /** With the precision that workers of this machine settle. */
  private static EngineSettings engine(RunConfig run) {
    EngineSettings engine = TrainingSettings.engine(run);
    return run.engine().precision().equals(EngineConfig.AUTO)
        ? engine.with(
            PrecisionSupport.fastest(
                engine.name(),
                engine.device(),
                Processor.current(),
                InstalledDevices.INSTANCE.cuda()))
        : engine;
  }
}
