package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Takes the samples of changed files out of the shards that hold some; other shards are not
 * touched.
 */
final class ShardPruning {
  private ShardPruning() {}

  /**
   * A shard that held samples of changed files.
   *
   * @param old its place in the list of old shards
   * @param rest the shard of its other samples; null when there are none
   * @param samples how many were taken out
   * @param classSamples per class how many of these show it
   */
  record Pruned(int old, ShardTasks.Written rest, long samples, long[] classSamples)
      implements Serializable {}

  static List<Pruned> run(
      JavaSparkContext spark,
      Path root,
      List<ShardFile> shards,
      Set<String> replaced,
      ShardTasks.Job job) {
    if (replaced.isEmpty() || shards.isEmpty()) {
      return List.of();
    }
    List<String> paths = shards.stream().map(s -> new Path(root, s.path()).toString()).toList();
    HashSet<String> ids = new HashSet<>(replaced);
    JobDescription named =
        JobDescription.of(
            spark.sc(), "prepare", "take " + ids.size() + " replaced sources out of shards");
    try {
      return spark
          .parallelize(IntStream.range(0, paths.size()).boxed().toList(), paths.size())
          .flatMap(shard -> prune(shard, paths.get(shard), ids, job))
          .collect()
          .stream()
          .map(bytes -> Wire.unpack(Pruned.class, bytes))
          .sorted(Comparator.comparingInt(Pruned::old))
          .toList();
    } finally {
      named.close();
    }
  }

  private static Iterator<byte[]> prune(
      int shard, String path, Set<String> replaced, ShardTasks.Job job) {
    Configuration configuration = job.hadoop().configuration();
    long samples = 0;
    long[] classSamples = new long[job.classes()];
    try (ShardReader reader = ShardReader.open(configuration, new Path(path))) {
      while (reader.hasNext()) {
        Sample sample = reader.next();
        if (replaced.contains(sample.volume())) {
          samples++;
          ShardTasks.count(sample, classSamples);
        }
      }
    }
    if (samples == 0) {
      return List.<byte[]>of().iterator();
    }
    try (ShardReader reader = ShardReader.open(configuration, new Path(path))) {
      Iterator<byte[]> written = ShardTasks.write(shard, new Others(reader, replaced), job);
      ShardTasks.Written rest =
          written.hasNext() ? Wire.unpack(ShardTasks.Written.class, written.next()) : null;
      return List.of(Wire.pack(new Pruned(shard, rest, samples, classSamples))).iterator();
    }
  }

  /** The rows of a shard that stay. */
  private static final class Others implements Iterator<Tuple2<Long, byte[]>> {
    private final ShardReader reader;
    private final Set<String> replaced;
    private Sample next;

    Others(ShardReader reader, Set<String> replaced) {
      this.reader = reader;
      this.replaced = replaced;
    }

    @Override
    public boolean hasNext() {
      while (next == null && reader.hasNext()) {
        Sample sample = reader.next();
        next = replaced.contains(sample.volume()) ? null : sample;
      }
      return next != null;
    }

    @Override
    public Tuple2<Long, byte[]> next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      Sample sample = next;
      next = null;
      return new Tuple2<>(0L, Wire.pack(sample));
    }
  }
}
