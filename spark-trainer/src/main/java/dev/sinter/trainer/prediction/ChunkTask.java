package dev.sinter.trainer.prediction;

import dev.sinter.dataset.MaskWriter;
import dev.sinter.dataset.Preparation;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.SourceItem;
import dev.sinter.dataset.Task;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.prediction.SourceChunks.Chunk;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Predicts the chunks of a task that are not whole yet, one after the other; runs on executors.
 *
 * @param plan models and options
 * @param root of the unfinished prediction
 * @param sourceFolder that the sources are below
 */
record ChunkTask(Broadcast<PredictionPlan> plan, String root, String sourceFolder)
    implements Serializable {

  /** Of sources that wait for the network's answers; a larger one waits alone. */
  private static final long LARGEST_OPEN_BYTES = 32L << 20;

  void run(Iterator<Chunk> chunks) {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    PredictionFolder folder = new PredictionFolder(new Path(root), hadoop);
    PredictionPlan what = plan.value();
    Predictor predictor = null;
    try {
      while (chunks.hasNext()) {
        Chunk chunk = chunks.next();
        if (folder.isWhole(chunk)) {
          continue;
        }
        if (predictor == null) {
          predictor =
              new Predictor(what.models(), what.options().flips(), what.options().microBatchSize());
        }
        List<SourceItem> items =
            SourceChunks.read(folder.files(), folder.sources(), sourceFolder, chunk);
        ChunkResult result = new OneChunk(what, predictor, folder, hadoop).run(items);
        folder.commit(chunk, result.rejections(), result.toString());
      }
    } finally {
      if (predictor != null) {
        predictor.close();
      }
    }
  }

  /** The way of a chunk's sources through the network. */
  private static final class OneChunk {
    private final PredictionPlan plan;
    private final Predictor predictor;
    private final Configuration hadoop;
    private final MaskWriter writer;
    private final ChunkResult result = new ChunkResult();

    /** Sources of which samples are on their way, in their order. */
    private final Deque<SegmentedSource> masks = new ArrayDeque<>();

    private final ClassMeans means;
    private long openBytes;

    OneChunk(
        PredictionPlan plan, Predictor predictor, PredictionFolder folder, Configuration hadoop) {
      this.plan = plan;
      this.predictor = predictor;
      this.hadoop = hadoop;
      this.means = new ClassMeans(plan.dataset().classes().size(), result);
      this.writer =
          new MaskWriter(
              hadoop, folder.root().toString(), folder.writing().toString(), plan.dataset());
    }

    ChunkResult run(List<SourceItem> items) {
      boolean segmentation = plan.dataset().task() == Task.SEGMENTATION;
      SourceCollection sources = SourceCollection.of(plan.dataset().preparation(), items);
      SourceCollection read = plan.slides() ? sources.whole() : sources;
      try (DecodeAhead ahead = new DecodeAhead(read, hadoop, plan.options().decodeThreads())) {
        predictor.predict(
            new Inputs(ahead, segmentation),
            () -> openBytes >= LARGEST_OPEN_BYTES,
            (sample, probabilities, offset) -> {
              if (segmentation) {
                masks.element().accept(probabilities, offset);
                writeComplete();
              } else {
                means.add(sample.volume(), probabilities, offset);
              }
            });
      }
      means.finish();
      return result;
    }

    private void writeComplete() {
      while (!masks.isEmpty() && masks.element().isComplete()) {
        SegmentedSource whole = masks.remove();
        openBytes -= whole.source().rawBytes();
        writer.write(whole.source(), whole.masks());
        if (plan.options().probabilities() == PredictionOptions.Probabilities.WRITTEN) {
          int classes = plan.dataset().classes().size();
          writer.writeProbabilities(whole.source(), whole.probabilities(), classes);
        }
        result.addMask();
      }
    }

    private SegmentedSource opened(SourceCollection.Source source) {
      Preparation trained = plan.dataset().preparation();
      SegmentedSource opened =
          new SegmentedSource(
              source,
              plan.dataset().classes().size(),
              plan.slides()
                  ? List.of(trained.depth(), trained.height(), trained.width())
                  : List.of(),
              plan.options().overlap(),
              plan.options().probabilities());
      masks.add(opened);
      openBytes += source.rawBytes();
      return opened;
    }

    /** All samples of a chunk as one sequence, so that batches are full across files. */
    private final class Inputs implements Iterator<Sample> {
      private final DecodeAhead ahead;
      private final boolean segmentation;
      private Iterator<Sample> current = List.<Sample>of().iterator();

      Inputs(DecodeAhead ahead, boolean segmentation) {
        this.ahead = ahead;
        this.segmentation = segmentation;
      }

      @Override
      public boolean hasNext() {
        while (!current.hasNext()) {
          Optional<DecodeAhead.Decoded> next = ahead.take();
          if (next.isEmpty()) {
            return false;
          }
          current = samples(next.get());
        }
        return true;
      }

      private Iterator<Sample> samples(DecodeAhead.Decoded decoded) {
        if (decoded.source().isEmpty()) {
          SinterException failure = decoded.failure().orElseThrow();
          result.reject(decoded.item().relative(), failure.code(), failure.getMessage());
          return List.<Sample>of().iterator();
        }
        SourceCollection.Source source = decoded.source().get();
        source.unreadable().forEach(row -> result.reject(row.name(), row.code(), row.message()));
        return segmentation ? opened(source).inputs() : source.samples().iterator();
      }

      @Override
      public Sample next() {
        if (!hasNext()) {
          throw new NoSuchElementException("no more samples");
        }
        return current.next();
      }
    }
  }
}
