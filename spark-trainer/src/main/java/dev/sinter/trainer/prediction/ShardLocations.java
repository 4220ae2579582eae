package dev.sinter.trainer.prediction;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetManifest.ShardFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Which hosts hold the blocks of a split's shards, so that tasks can be sent to them. One call to
 * the file system per shard; driver only.
 */
final class ShardLocations {
  private static final int MOST_HOSTS = 3;

  private final List<ShardFile> shards;
  private final List<BlockLocation[]> blocks = new ArrayList<>();

  private ShardLocations(List<ShardFile> shards) {
    this.shards = shards;
  }

  /** Asks for the blocks of all shards of a split. A file system that fails gives no hosts. */
  static ShardLocations of(
      Configuration hadoop, String root, DatasetManifest dataset, String split) {
    ShardLocations locations = new ShardLocations(dataset.shardsOf(split));
    for (ShardFile shard : locations.shards) {
      Path path = new Path(root, shard.path());
      try {
        FileSystem files = path.getFileSystem(hadoop);
        locations.blocks.add(files.getFileBlockLocations(path, 0, shard.bytes()));
      } catch (IOException e) {
        locations.blocks.add(new BlockLocation[0]); // the task that reads it reports the failure
      }
    }
    return locations;
  }

  /** The hosts that hold most bytes of a range of samples, the one with most first. */
  List<String> hostsOf(long from, long to) {
    Map<String, Long> bytes = new HashMap<>();
    long start = 0;
    for (int i = 0; i < shards.size(); i++) {
      long samples = shards.get(i).samples();
      long common = Math.min(to, start + samples) - Math.max(from, start);
      if (common > 0) {
        for (BlockLocation block : blocks.get(i)) {
          add(bytes, block, block.getLength() * common / samples);
        }
      }
      start += samples;
    }
    return bytes.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_HOSTS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static void add(Map<String, Long> bytes, BlockLocation block, long share) {
    try {
      Arrays.stream(block.getHosts()).forEach(host -> bytes.merge(host, share, Long::sum));
    } catch (IOException e) {
      // A block whose hosts are unknown prefers none.
    }
  }
}
