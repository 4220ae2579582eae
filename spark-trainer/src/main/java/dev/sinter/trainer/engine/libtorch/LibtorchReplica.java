package dev.sinter.trainer.engine.libtorch;

import static org.bytedeco.pytorch.global.torch.from_blob;

import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One network on libtorch. Every call frees all that it allocates before it returns. */
final class LibtorchReplica implements Replica {
  private final TensorPlacement placement;
  private final ParameterTensors parameters;
  private final Graph graph;
  private final Graph predicting;
  private final ScalarType activationType;
  private final LossScaling lossScaling;
  private final int threads;
  private Thread preparedThread;
  private boolean parametersAreNew = true;

  LibtorchReplica(
      Network network, FlatVector vector, TensorPlacement placement, EngineSettings settings) {
    this.threads = settings.threadsPerLane();
    prepareThread();
    this.placement = placement;
    this.parameters = new ParameterTensors(network, vector, placement);
    try {
      this.graph =
          GraphTranslator.translate(
              network.configuration(), parameters, settings.activationMemory());
      this.predicting = MainOutput.of(graph);
    } catch (RuntimeException | OutOfMemoryError e) {
      close(); // nobody else can, and a GPU's memory would stay taken
      throw e;
    }
    this.lossScaling = LossScaling.of(settings.precision());
    this.activationType = Graph.activationType(parameters.type(), settings.precision());
  }

  @Override
  public void parametersChanged() {
    parametersAreNew = true;
  }

  @Override
  public float computeGradient(Batch batch, long dropoutSeed, FlatVector gradient) {
    return (float) meanLoss(batch, dropoutSeed, gradient);
  }

  /** {@link #computeGradient} with the loss in full precision. */
  @SuppressWarnings("try")
  double meanLoss(Batch batch, long dropoutSeed, FlatVector gradient) {
    prepareThread();
    Graph.Progress progress = new Graph.Progress();
    try (PointerScope scope = new PointerScope();
        AutoGradMode recording = new AutoGradMode(true)) {
      takeParameters();
      Tensor input = inputOf(batch);
      Tensor labels = labelsOf(batch);
      Pass pass = Pass.training(batch.samples(), placement::generator, dropoutSeed);
      double loss =
          lossScaling.apply(
              scale -> {
                parameters.receiveInto(gradient);
                return lossAndGradient(input, labels, scale, pass, progress);
              },
              parameters);
      placement.deliverGradient(gradient);
      return loss;
    } catch (RuntimeException | OutOfMemoryError e) {
      throw LibtorchFailures.explain(e, progress.vertex());
    }
  }

  private double lossAndGradient(
      Tensor input, Tensor labels, double scale, Pass pass, Graph.Progress progress) {
    Function<List<Tensor>, Tensor> lossOf =
        logits -> {
          Tensor loss = totalLoss(logits, labels);
          return scale == 1 ? loss : loss.mul(new Scalar(scale));
        };
    double loss;
    if (graph.segments().size() > 1) {
      loss = Recomputation.lossAndGradient(graph, input, lossOf, pass, progress);
    } else {
      Tensor result = lossOf.apply(graph.logits(input, pass, progress));
      result.backward();
      loss = result.item_double();
    }
    parameters.deliverGradient();
    return loss / scale;
  }

  private void takeParameters() {
    if (parametersAreNew) {
      placement.refreshParameters();
      parameters.changed();
      parametersAreNew = false;
    }
  }

  private Tensor totalLoss(List<Tensor> logits, Tensor labels) {
    Tensor total = null;
    for (int i = 0; i < logits.size(); i++) {
      Tensor loss = graph.outputs().get(i).loss().of(inFullPrecision(logits.get(i)), labels);
      total = total == null ? loss : total.add(loss);
    }
    return total;
  }

  @Override
  @SuppressWarnings("try")
  public void predict(Batch batch, FloatBuffer probabilities) {
    prepareThread();
    Graph.Progress progress = new Graph.Progress();
    try (PointerScope scope = new PointerScope();
        AutoGradMode notRecording = new AutoGradMode(false)) {
      takeParameters();
      Tensor logits =
          predicting.logits(inputOf(batch), Pass.evaluation(batch.samples()), progress).get(0);
      Tensor result =
          placement.onHost(
              predicting
                  .outputs()
                  .get(0)
                  .loss()
                  .predictions(inFullPrecision(logits))
                  .to(ScalarType.Float)
                  .contiguous(MemoryFormat.Contiguous));
      int length = Math.toIntExact(result.numel());
      FloatBuffer values =
          new FloatPointer(result.data_ptr()).capacity(length).asByteBuffer().asFloatBuffer();
      probabilities.put(0, values, 0, length);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw LibtorchFailures.explain(e, progress.vertex());
    }
  }

  private Tensor inputOf(Batch batch) {
    FloatPointer values = new FloatPointer(batch.inputs().duplicate().clear());
    Tensor input =
        placement
            .placed(from_blob(values, batch.inputShape(), new TensorOptions(ScalarType.Float)))
            .to(activationType)
            .contiguous(channelsLast(batch.sampleShape().size()));
    return input.dim() > 3 && input.size(1) == 1 ? markedChannelsLast(input) : input;
  }

  /**
   * One channel is the same in either order, and libtorch takes it for channels-first: so would all
   * that follows be. Strides of channels-last tell it.
   */
  static Tensor markedChannelsLast(Tensor oneChannel) {
    long[] strides = oneChannel.strides().vec().get();
    strides[1] = 1;
    return oneChannel.as_strided(oneChannel.shape(), strides);
  }

  private static MemoryFormat channelsLast(int dimensions) {
    return switch (dimensions) {
      case 3 -> MemoryFormat.ChannelsLast;
      case 4 -> MemoryFormat.ChannelsLast3d;
      default -> MemoryFormat.Contiguous;
    };
  }

  private Tensor labelsOf(Batch batch) {
    IntPointer classes = new IntPointer(batch.labels().duplicate().clear());
    return placement
        .placed(from_blob(classes, batch.labelsShape(), new TensorOptions(ScalarType.Int)))
        .to(ScalarType.Long);
  }

  private Tensor inFullPrecision(Tensor logits) {
    return logits.to(parameters.type());
  }

  /** libtorch keeps its thread count per thread; setting it drops oneDNN's caches. */
  private void prepareThread() {
    if (preparedThread != Thread.currentThread()) {
      torch.set_num_threads(threads);
      preparedThread = Thread.currentThread();
    }
  }

  @Override
  public void close() {
    parameters.close();
    placement.close();
  }
}
