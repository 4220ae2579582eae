package dev.sinter.trainer.training;

import dev.sinter.trainer.data.BatchAssembler;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.NativeLibraries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** The train split as an RDD of DL4J's batches, made from the shards by the executors. */
final class Dl4jBatches {
  private Dl4jBatches() {}

  /**
   * Batches in the order of the shards, which is a random one.
   *
   * @param batchSize samples of each
   * @param batches how many; what is left of the split is not used
   * @param partitions one per worker
   */
  static JavaRDD<DataSet> of(
      JavaSparkContext spark,
      Broadcast<TrainingPlan> plan,
      int batchSize,
      int batches,
      int partitions) {
    return spark
        .parallelize(IntStream.range(0, batches).boxed().toList(), partitions)
        .mapPartitions(indices -> read(plan.value(), indices, batchSize));
  }

  private static Iterator<DataSet> read(
      TrainingPlan plan, Iterator<Integer> indices, int batchSize) {
    List<DataSet> made = new ArrayList<>();
    if (!indices.hasNext()) {
      return made.iterator();
    }
    NativeLibraries.load("org.nd4j.linalg.factory.Nd4j");
    int first = indices.next();
    int last = first;
    while (indices.hasNext()) {
      last = indices.next();
    }
    int from = first * batchSize;
    Path directory = Path.of(SparkEnv.get().blockManager().diskBlockManager().localDirsString()[0]);
    try (SplitReader reader =
            new SplitReader(
                SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()),
                new org.apache.hadoop.fs.Path(plan.configuration().data().output()),
                plan.dataset(),
                "train",
                from,
                (last + 1L) * batchSize);
        SampleCache samples = SampleCache.read(reader, from, directory)) {
      BatchAssembler assembler =
          BatchAssembler.withoutAugmentation(samples, plan.dataset().normalization());
      Batch batch = Batch.withLabelPerSample(batchSize, plan.network().spec().input().dimensions());
      for (int at = from; at < from + samples.size(); at += batchSize) {
        assembler.fillConsecutive(at, batch);
        made.add(dataSet(batch, plan.network().spec().classes()));
      }
    }
    return made.iterator();
  }

  private static DataSet dataSet(Batch batch, int classes) {
    float[] inputs = new float[batch.inputs().capacity()];
    batch.inputs().get(0, inputs);
    INDArray labels = Nd4j.zeros(batch.samples(), classes);
    for (int sample = 0; sample < batch.samples(); sample++) {
      labels.putScalar(sample, batch.labels().get(sample), 1);
    }
    return new DataSet(Nd4j.createFromArray(inputs).reshape(batch.inputShape()), labels);
  }
}
