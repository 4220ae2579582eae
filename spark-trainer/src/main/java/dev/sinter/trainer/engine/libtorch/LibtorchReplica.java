package dev.sinter.trainer.engine.libtorch;

import static org.bytedeco.pytorch.global.torch.from_blob;

import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;
import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
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
  private final ScalarType activationType;
  private final int threads;
  private Thread preparedThread;

  LibtorchReplica(
      Network network,
      FlatVector vector,
      TensorPlacement placement,
      ComputePrecision precision,
      int threadsPerLane) {
    this.threads = threadsPerLane;
    prepareThread();
    this.placement = placement;
    this.parameters = new ParameterTensors(network.layout(), vector, placement);
    this.graph = GraphTranslator.translate(network.configuration(), parameters);
    this.activationType = Graph.activationType(parameters.type(), precision);
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
      placement.refreshParameters();
      parameters.receiveInto(gradient);
      GeneratorOptional dropout = new GeneratorOptional(placement.generator(dropoutSeed));
      List<Tensor> logits = graph.logits(inputOf(batch), Pass.training(dropout), progress);
      Tensor labels = labelsOf(batch, logits.get(0));
      Tensor total = null;
      for (int i = 0; i < logits.size(); i++) {
        Tensor loss = graph.outputs().get(i).loss().of(inFullPrecision(logits.get(i)), labels);
        total = total == null ? loss : total.add(loss);
      }
      total.backward();
      placement.deliverGradient(gradient);
      return total.item_double();
    } catch (RuntimeException | OutOfMemoryError e) {
      throw LibtorchFailures.explain(e, progress.vertex());
    }
  }

  @Override
  @SuppressWarnings("try")
  public void predict(Batch batch, FloatBuffer probabilities) {
    prepareThread();
    Graph.Progress progress = new Graph.Progress();
    try (PointerScope scope = new PointerScope();
        AutoGradMode notRecording = new AutoGradMode(false)) {
      placement.refreshParameters();
      Tensor logits = graph.logits(inputOf(batch), Pass.EVALUATION, progress).get(0);
      Tensor result =
          placement.onHost(
              inFullPrecision(logits)
                  .softmax(1)
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
    long[] shape = {batch.samples(), batch.channels(), batch.height(), batch.width()};
    FloatPointer pixels = new FloatPointer(batch.inputs().duplicate().clear());
    return placement
        .placed(from_blob(pixels, shape, new TensorOptions(ScalarType.Float)))
        .to(activationType)
        .contiguous(MemoryFormat.ChannelsLast);
  }

  private Tensor labelsOf(Batch batch, Tensor logits) {
    long[] shape =
        logits.dim() == 2
            ? new long[] {batch.samples()}
            : new long[] {batch.samples(), logits.size(2), logits.size(3)};
    IntPointer classes = new IntPointer(batch.labels().duplicate().clear());
    return placement
        .placed(from_blob(classes, shape, new TensorOptions(ScalarType.Int)))
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
