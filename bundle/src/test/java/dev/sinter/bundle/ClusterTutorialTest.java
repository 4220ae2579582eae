package dev.sinter.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lesson {@code docs/tutorials/cluster.md}, from the secret to the last process' end. */
@Tag("full")
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterTutorialTest {
  private static final Pattern COMMANDS =
      Pattern.compile("(?ms)^```sh (?:standalone|hdfs)\\n(.*?)^```$");

  @TempDir Path folder;

  @Test
  void runsInTheOrderOfThePage() throws Exception {
    String page = Files.readString(Page.of("tutorials/cluster.md").file());
    List<String> blocks = COMMANDS.matcher(page).results().map(block -> block.group(1)).toList();
    assertThat(blocks).hasSizeGreaterThan(6);
    int port = freePort();
    try (HadoopCluster hadoop = HadoopCluster.hdfs(folder.resolve("hadoop"))) {
      Shell shell =
          new Shell(unpacked())
              .with("SPARK_HOME", System.getenv("SPARK_HOME"))
              .with("SPARK_LOCAL_IP", "127.0.0.1")
              .with("SPARK_MASTER_HOST", "127.0.0.1")
              .with("SPARK_WORKER_HOST", "127.0.0.1")
              .with("SPARK_MASTER_PORT", Integer.toString(port))
              .with("SPARK_MASTER_WEBUI_PORT", Integer.toString(freePort()))
              .with("SPARK_WORKER_WEBUI_PORT", Integer.toString(freePort()))
              .with("SPARK_WORKER_DIR", folder.resolve("work").toString())
              .with("SPARK_PID_DIR", folder.resolve("pids").toString())
              .with("SPARK_LOG_DIR", folder.resolve("logs").toString())
              .with("SPARK_DAEMON_MEMORY", "256m")
              .with("PATH", hadoop.bin() + ":" + System.getenv("PATH"))
              .with("HDFS", hadoop.uri())
              .with("MASTER", "spark://127.0.0.1:" + port);
      try {
        for (String block : blocks) {
          Shell.Outcome outcome = shell.run(block);
          assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        }
      } finally {
        shell.run("$SPARK_HOME/sbin/stop-worker.sh; $SPARK_HOME/sbin/stop-master.sh");
      }
    }
  }

  private Path unpacked() throws Exception {
    Path own = Files.createDirectories(folder.resolve("bundle"));
    String name = Bundle.ARCHIVE.getFileName().toString();
    Shell.Outcome outcome = new Shell(own).run("tar -xzf '" + Bundle.ARCHIVE + "'");
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return own.resolve(name.replace(".tar.gz", ""));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
