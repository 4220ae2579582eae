package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import scala.Tuple2;

/** What executors do to make shards. */
final class ShardTasks {

  private ShardTasks() {}

  /** One source with all that its samples need. */
  record Work(SourceEntry entry, SampleFactory.Identity identity, long[] ranks)
      implements Serializable {}

  /** A written shard and what was counted while writing it. */
  record Written(
      int shard,
      String file,
      long samples,
      long bytes,
      String sha256,
      double[] sums,
      double[] squares,
      long valuesPerChannel,
      long[] classSamples)
      implements Serializable {}

  /** Settings of the job. */
  record Job(
      HadoopSettings hadoop,
      Preparation preparation,
      int[] maskValues,
      int classes,
      String temporary,
      String[] shardSplits)
      implements Serializable {}

  /** Sends the sample with a rank to its shard. */
  static final class ByShard extends Partitioner {
    private static final long serialVersionUID = 1L;
    private final long[] starts;

    ByShard(List<Long> starts) {
      this.starts = starts.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public int numPartitions() {
      return starts.length - 1;
    }

    @Override
    public int getPartition(Object key) {
      int at = Arrays.binarySearch(starts, (Long) key);
      return at >= 0 ? at : -at - 2;
    }
  }

  static Iterator<Tuple2<Long, byte[]>> samples(Work work, SourceReading reading, Job job)
      throws IOException {
    SourceEntry entry = work.entry();
    RawSource source = reading.open(entry).source();
    byte[] classes = new byte[0];
    if (!entry.maskPath().isEmpty()) {
      int[] values = SourceVerifier.maskValues(reading.mask(entry), source);
      classes = new byte[values.length];
      for (int i = 0; i < values.length; i++) {
        classes[i] = (byte) Arrays.binarySearch(job.maskValues(), values[i]);
      }
    }
    List<Tuple2<Long, byte[]>> rows = new ArrayList<>();
    for (Sample sample :
        new SampleFactory(job.preparation()).samples(work.identity(), source, classes)) {
      rows.add(new Tuple2<>(work.ranks()[sample.slice()], Wire.pack(sample)));
    }
    return rows.iterator();
  }

  /** Writes one shard from its samples in order. A repeated task writes another file. */
  static Iterator<byte[]> write(int shard, Iterator<Tuple2<Long, byte[]>> rows, Job job) {
    if (!rows.hasNext()) {
      return List.<byte[]>of().iterator();
    }
    Configuration configuration = job.hadoop().configuration();
    Path path = new Path(job.temporary(), shard + "-" + UUID.randomUUID() + ".parquet");
    int channels = job.preparation().channels();
    double[] sums = new double[channels];
    double[] squares = new double[channels];
    long[] classSamples = new long[job.classes()];
    long samples = 0;
    long values = 0;
    ShardWriter writer = ShardWriter.create(configuration, path);
    try (writer) {
      while (rows.hasNext()) {
        Sample sample = Wire.unpack(Sample.class, rows.next()._2());
        writer.write(sample);
        samples++;
        values += sample.positions();
        add(sample, sums, squares);
        count(sample, classSamples);
      }
    }
    return List.of(
            Wire.pack(
                new Written(
                    shard,
                    path.toString(),
                    samples,
                    writer.bytes(),
                    writer.sha256(),
                    sums,
                    squares,
                    values,
                    classSamples)))
        .iterator();
  }

  private static void add(Sample sample, double[] sums, double[] squares) {
    float[] values = RawImage.values(sample.pixelType(), sample.pixels());
    int area = sample.positions();
    for (int i = 0; i < values.length; i++) {
      sums[i / area] += values[i];
      squares[i / area] += (double) values[i] * values[i];
    }
  }

  static void count(Sample sample, long[] classSamples) {
    if (sample.label() >= 0) {
      classSamples[sample.label()]++;
      return;
    }
    boolean[] present = new boolean[classSamples.length];
    for (byte value : sample.mask()) {
      present[value & 0xff] = true;
    }
    for (int i = 0; i < present.length; i++) {
      classSamples[i] += present[i] ? 1 : 0;
    }
  }
}
