package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same stage over a real NameNode and DataNode, read again by Spark SQL. */
class HdfsPreparationTest {
  @TempDir static Path folder;
  private static MiniDFSCluster cluster;
  private static FileSystem files;
  private static SparkSession spark;
  private static String root;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    configuration.set("dfs.replication", "1");
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
    files = cluster.getFileSystem();
    root = files.getUri().toString();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.hadoop.dfs.replication", "1")
            .getOrCreate();
    for (int i = 0; i < 5; i++) {
      write("/in/cat/" + i + ".png", i);
      write("/in/dog/" + i + ".png", 50 + i);
    }
  }

  @AfterAll
  static void stop() {
    spark.stop();
    cluster.shutdown();
  }

  private static void write(String path, int shade) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(3, 3, 0, 100 + shade);
    try (OutputStream out = files.create(new org.apache.hadoop.fs.Path(path))) {
      ImageIO.write(image, "png", out);
    }
  }

  @Test
  void preparesFromAndToHdfs() throws IOException {
    DatasetManifest manifest =
        DatasetPreparation.run(
            spark, PrepareRequest.of(root + "/in", root + "/out", Task.CLASSIFICATION));
    assertThat(DatasetManifest.read(new org.apache.hadoop.fs.Path(root + "/out"), files.getConf()))
        .isEqualTo(manifest);
    assertThat(
            files
                .getFileStatus(new org.apache.hadoop.fs.Path("/out/sources.jsonl"))
                .getPermission()
                .toShort())
        .isEqualTo((short) 0600);
    List<Row> rows =
        spark
            .read()
            .parquet(root + "/out/shards")
            .selectExpr("count(*)", "sum(length(pixels))", "max(size(spacing))", "max(checksum)")
            .collectAsList();
    assertThat(rows.get(0).getLong(0)).isEqualTo(10);
    assertThat(rows.get(0).getLong(1)).isEqualTo(10 * 64);
  }

  @Test
  void reportsAFullDiskAndLeavesNothing() throws IOException {
    org.apache.hadoop.fs.Path small = new org.apache.hadoop.fs.Path("/small");
    files.mkdirs(small);
    cluster.getFileSystem().setQuota(small, HdfsConstants.QUOTA_DONT_SET, 1000);
    assertThatThrownBy(
            () ->
                DatasetPreparation.run(
                    spark,
                    PrepareRequest.of(root + "/in", root + "/small/out", Task.CLASSIFICATION)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("DISK_FULL"));
    assertThat(files.listStatus(small)).isEmpty();
  }
}
