package dev.sinter.trainer.data;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetManifest.ShardFile;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.ShardReader;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads a contiguous range of a split's global indices, which run through its shards in order;
 * shards outside the range are not opened.
 */
public final class SplitReader implements Iterator<Sample>, AutoCloseable {
  private final Configuration configuration;
  private final Path root;
  private final List<ShardFile> shards;
  private final long to;
  private long position;
  private long shardStart;
  private int nextShard;
  private ShardReader open;

  /**
   * Opens a range.
   *
   * @param root the dataset's folder
   * @param from first global index
   * @param to one past the last
   */
  public SplitReader(
      Configuration configuration,
      Path root,
      DatasetManifest manifest,
      String split,
      long from,
      long to) {
    this.configuration = configuration;
    this.root = root;
    this.shards = manifest.shardsOf(split);
    this.position = from;
    this.to = to;
  }

  @Override
  public boolean hasNext() {
    return position < to;
  }

  @Override
  public Sample next() {
    if (!hasNext()) {
      throw new NoSuchElementException("index " + position);
    }
    while (open == null || !open.hasNext()) {
      openNext();
    }
    position++;
    return open.next();
  }

  private void openNext() {
    close();
    while (shardStart + shards.get(nextShard).samples() <= position) {
      shardStart += shards.get(nextShard).samples();
      nextShard++;
    }
    ShardFile shard = shards.get(nextShard);
    open =
        ShardReader.open(
            configuration,
            new Path(root, shard.path()),
            position - shardStart,
            Math.min(shard.samples(), to - shardStart));
    shardStart += shard.samples();
    nextShard++;
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
