package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.Task;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * A contiguous range of a split for one Spark task.
 *
 * @param root the dataset's folder
 * @param dataset its index
 * @param split name of the split
 * @param from first global index
 * @param to one past the last
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
record SplitTask(String root, DatasetManifest dataset, String split, long from, long to)
    implements Serializable {

  /** What a task may hold of pixels, true and predicted masks. */
  private static final long TASK_BYTES = 64L << 20;

  static SplitTask whole(String root, DatasetManifest dataset, String split) {
    return new SplitTask(root, dataset, split, 0, dataset.splits().get(split).samples());
  }

  /** How many parts bound a task's memory and occupy every core. */
  int tasks(int cores) {
    long pixels = dataset.preparation().positions();
    int masks = dataset.task() == Task.SEGMENTATION ? 2 : 0;
    long sampleBytes =
        pixels * (dataset.channels() * dataset.preparation().pixelType().bytes() + masks);
    long perTask = Math.max(1, TASK_BYTES / sampleBytes);
    long samples = to - from;
    long tasks = Math.min(samples, Math.max(cores, (samples + perTask - 1) / perTask));
    return Math.toIntExact(Math.max(1, tasks));
  }

  /** One of several parts of equal size. */
  SplitTask part(int index, int parts) {
    long samples = to - from;
    return new SplitTask(
        root, dataset, split, from + samples * index / parts, from + samples * (index + 1) / parts);
  }

  Path path() {
    return new Path(root);
  }
}
