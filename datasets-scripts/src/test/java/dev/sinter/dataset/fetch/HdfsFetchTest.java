package dev.sinter.dataset.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fetch script fills a real HDFS by Hadoop's own shell. */
class HdfsFetchTest {
  private static final String FILES = "zenodo.org/records/10519652/files/retinamnist.npz";

  @TempDir static Path folder;
  private static MiniDFSCluster cluster;
  private static FileSystem files;
  private static Path program;

  @BeforeAll
  static void start() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    configuration.set("dfs.replication", "1");
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
    files = cluster.getFileSystem();
    // The launcher that a Hadoop distribution has: the shell class on this test's class path.
    program = Files.createDirectories(folder.resolve("bin")).resolve("hadoop");
    Files.writeString(
        program,
        """
        #!/bin/sh
        shift
        exec "%s/bin/java" -cp "%s:%s" org.apache.hadoop.fs.FsShell "$@"
        """
            .formatted(
                System.getProperty("java.home"),
                program.getParent(),
                System.getProperty("java.class.path")));
    for (String site : new String[] {"core-site.xml", "hdfs-site.xml"}) {
      Files.writeString(program.resolveSibling(site), "<configuration/>"); // the shell insists
    }
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    byte[] content = new byte[50_000];
    new Random(5).nextBytes(content);
    Path file = folder.resolve("mirror").resolve(FILES);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Path answer = folder.resolve("mirror/zenodo.org/api/records/10519652/files/retinamnist.npz");
    Files.createDirectories(answer.getParent());
    String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    Files.writeString(answer, "{\"checksum\": \"md5:" + md5 + "\", \"size\": 50000}");
  }

  @AfterAll
  static void stop() {
    cluster.shutdown();
  }

  private static String fetch(String target, int exitCode)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "fetch", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "fetch/medmnist.sh",
                "--to",
                files.getUri() + target,
                "--mirror",
                "file://" + folder.resolve("mirror"),
                "--work",
                folder.resolve("work").toString(),
                "retinamnist")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().merge("PATH", program.getParent() + ":", (path, own) -> own + path);
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isEqualTo(exitCode);
    return text;
  }

  @Test
  void putsASetThatIsWhole() throws Exception {
    assertThat(fetch("/data", 0)).contains("-Ddata.input=" + files.getUri() + "/data/retinamnist");
    try (InputStream in =
        files.open(new org.apache.hadoop.fs.Path("/data/retinamnist/retinamnist.npz"))) {
      assertThat(in.readAllBytes())
          .isEqualTo(Files.readAllBytes(folder.resolve("mirror").resolve(FILES)));
    }
    assertThat(files.listStatus(new org.apache.hadoop.fs.Path("/data/.fetch"))).isEmpty();
    assertThat(fetch("/data", 0)).contains("already in");
  }

  @Test
  void leavesNoSetThatDoesNotFit() throws Exception {
    org.apache.hadoop.fs.Path small = new org.apache.hadoop.fs.Path("/small");
    files.mkdirs(small);
    cluster.getFileSystem().setQuota(small, HdfsConstants.QUOTA_DONT_SET, 1000);
    assertThat(fetch("/small", 4)).contains("error PUT_FAILED");
    assertThat(files.exists(new org.apache.hadoop.fs.Path("/small/retinamnist"))).isFalse();
  }
}
