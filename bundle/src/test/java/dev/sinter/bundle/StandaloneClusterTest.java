package dev.sinter.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Master and two Workers, each a process of its own, with authentication and encryption, and
 * HDFS: the commands of {@code docs/how-to/run-on-a-standalone-cluster.md}.
 */
@Tag("full")
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StandaloneClusterTest {
  private static final Page PAGE = Page.of("how-to/run-on-a-standalone-cluster.md");
  private static final int WORKERS = 2;
  private static final long MASTER_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir static Path folder;
  private final List<Shell> daemons = new ArrayList<>();
  private HadoopCluster hadoop;
  private Shell shell;

  @BeforeAll
  void start() throws Exception {
    Bundle bundle = Bundle.unpacked().withFewImages(folder);
    hadoop = HadoopCluster.hdfs(folder.resolve("hadoop"));
    int port = freePort();
    shell =
        new Shell(bundle.home())
            .with("SPARK_HOME", System.getenv("SPARK_HOME"))
            .with("SPARK_LOCAL_IP", "127.0.0.1")
            .with("SPARK_LOG_DIR", folder.toString())
            .with("SPARK_DAEMON_MEMORY", "256m")
            .with("PATH", hadoop.bin() + ":" + System.getenv("PATH"))
            .with("HDFS", hadoop.uri())
            .with("MASTER", "spark://127.0.0.1:" + port)
            .with("CONF", folder.resolve("cluster.conf").toString());
    ok(shell.run(PAGE.commands("standalone", "openssl")));
    daemon(
        "start-master", Map.of("SPARK_MASTER_HOST", "127.0.0.1", "SPARK_MASTER_PORT", port + ""));
    awaitPort(port);
    for (int i = 0; i < WORKERS; i++) {
      // What a host is said to have is only counted: cores for two workers of a run, and a driver.
      daemon(
          "start-worker",
          Map.of(
              "SPARK_WORKER_CORES",
              "9",
              "SPARK_WORKER_MEMORY",
              "8g",
              "SPARK_WORKER_HOST",
              "127.0.0.1"));
    }
    ok(shell.run(PAGE.commands("hdfs")));
  }

  private void daemon(String script, Map<String, String> settings) throws Exception {
    String name = script + "-" + daemons.size();
    Shell own =
        shell
            .and(settings)
            .with("SPARK_PID_DIR", folder.resolve(name).toString())
            .with("SPARK_LOG_DIR", folder.resolve(name).toString())
            .with("SPARK_WORKER_DIR", folder.resolve(name).resolve("work").toString())
            .with("SPARK_MASTER_WEBUI_PORT", Integer.toString(freePort()))
            .with("SPARK_WORKER_WEBUI_PORT", Integer.toString(freePort()));
    daemons.add(own);
    ok(own.run(PAGE.commands("standalone", script)));
  }

  @AfterAll
  void stop() throws Exception {
    for (Shell daemon : daemons) {
      daemon.run("$SPARK_HOME/sbin/stop-worker.sh; $SPARK_HOME/sbin/stop-master.sh");
    }
    if (hadoop != null) {
      hadoop.close();
    }
  }

  @Test
  void clientModePreparesTrainsAndEvaluates() throws Exception {
    ok(shell.run(PAGE.commands("standalone", "/client.json")));
    JsonNode result = json("client.json");
    assertThat(result.get("epochs").asInt()).isEqualTo(2);
    assertThat(result.at("/test/accuracy").isNumber()).as(result.toString()).isTrue();
    assertThat(result.get("test").get("samples").asInt()).isEqualTo(18);
    assertThat(result.get("bytes_per_step").asLong()).as("two workers exchange").isPositive();
    assertThat(hdfs("-cat $HDFS/sinter/mednist/client/report.html")).contains("<html");
  }

  @Test
  void clusterModePreparesTrainsAndEvaluates() throws Exception {
    for (String result : List.of("prepare", "cluster", "evaluation")) {
      ok(shell.run(PAGE.commands("standalone", "/" + result + ".json")));
    }
    JsonNode test = json("cluster.json").get("test");
    assertThat(json("prepare.json").at("/splits/train/samples").asInt()).isEqualTo(84);
    assertThat(json("evaluation.json").get("accuracy")).isEqualTo(test.get("accuracy"));
    assertThat(hdfs("-cat $HDFS/sinter/mednist/cluster/report.html")).contains("<html");
  }

  @Test
  void aFailureInClusterModeHasItsExitCode() throws Exception {
    String train = PAGE.commands("standalone", "/cluster.json").get(0);
    Shell.Outcome failed =
        shell.run(
            train
                .replace("-Ddata.output=$HDFS/sinter/mednist/dataset-2", "-Ddata.output=$HDFS/none")
                .replace("/cluster.json", "/failed.json"));
    assertThat(failed.exitCode()).as(failed.output()).isEqualTo(3);
    assertThat(failed.output()).contains("error ");
    assertThat(json("failed.json").at("/error/exit_code").asInt()).isEqualTo(3);
  }

  @Test
  void whoHasAnotherSecretIsRefused() throws Exception {
    Path other = folder.resolve("other.conf");
    Files.writeString(
        other,
        Files.readString(folder.resolve("cluster.conf")) + "spark.authenticate.secret another\n");
    Shell.Outcome refused =
        shell
            .and(Map.of("CONF", other.toString()))
            .run(
                PAGE.commands("standalone", "/client.json")
                    .get(0)
                    .replace("client.json", "other.json"));
    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(4);
    assertThat(refused.output()).contains("CLUSTER_UNREACHABLE");
  }

  private static void ok(Shell.Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
  }

  private JsonNode json(String file) throws Exception {
    return new ObjectMapper().readTree(hdfs("-cat $HDFS/sinter/mednist/" + file));
  }

  private String hdfs(String arguments) throws Exception {
    Shell.Outcome outcome = shell.run("hdfs dfs " + arguments + " 2>/dev/null");
    ok(outcome);
    return outcome.output();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Workers that come before the Master try again after ten seconds only. */
  private static void awaitPort(int port) throws IOException {
    long deadline = System.nanoTime() + MASTER_DEADLINE_NANOS;
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }
}
