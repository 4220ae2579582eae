package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.DatasetManifest;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
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

  /** Divides a split evenly. */
  static List<SplitTask> divide(String root, DatasetManifest dataset, String split, int tasks) {
    long samples = dataset.splits().get(split).samples();
    return IntStream.range(0, tasks)
        .mapToObj(
            i ->
                new SplitTask(root, dataset, split, samples * i / tasks, samples * (i + 1) / tasks))
        .filter(task -> task.to > task.from)
        .toList();
  }

  Path path() {
    return new Path(root);
  }
}
