package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.DatasetManifest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;

class ShardLocationsTest {
  /** Knows the hosts of blocks by the names of shards. */
  public static final class SpreadFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("spread:///");
    }

    @Override
    public BlockLocation[] getFileBlockLocations(Path path, long start, long length)
        throws IOException {
      return switch (path.getName()) {
        case "a.parquet" -> new BlockLocation[] {block(0, 60, "one", "two"), block(60, 40, "two")};
        case "b.parquet" -> new BlockLocation[] {block(0, 100, "three")};
        default -> throw new IOException("the name node is away");
      };
    }

    private static BlockLocation block(long offset, long length, String... hosts) {
      return new BlockLocation(hosts, hosts, offset, length);
    }
  }

  private static ShardLocations locations() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.spread.impl", SpreadFileSystem.class.getName());
    String manifest =
        Files.readString(
            java.nio.file.Path.of("../datasets-scripts/src/test/resources/v2/dataset.json"));
    StringBuilder shards = new StringBuilder("\"shards\" : [");
    for (String name : new String[] {"a", "b", "lost"}) {
      shards
          .append(shards.toString().endsWith("[") ? "" : ",")
          .append("{\"path\": \"shards/")
          .append(name)
          .append(".parquet\", \"split\": \"test\", \"samples\": 10, \"bytes\": 100,")
          .append(" \"sha256\": \"\"}");
    }
    String changed =
        manifest.replaceAll("(?s)\"shards\" : \\[.*?\\],", shards.append("],").toString());
    return ShardLocations.of(
        hadoop, "spread:///data", DatasetManifest.parse(changed, "test"), "test");
  }

  @Test
  void prefersTheHostsWithMostBytesOfARange() throws IOException {
    ShardLocations locations = locations();
    assertThat(locations.hostsOf(0, 10)).containsExactly("two", "one");
    assertThat(locations.hostsOf(8, 18)).containsExactly("three", "two", "one");
    assertThat(locations.hostsOf(10, 20)).containsExactly("three");
  }

  @Test
  void prefersNoneWhereTheFileSystemCannotTell() throws IOException {
    assertThat(locations().hostsOf(20, 30)).isEmpty();
  }
}
