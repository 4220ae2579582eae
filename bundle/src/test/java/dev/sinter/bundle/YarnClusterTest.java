package dev.sinter.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A ResourceManager, two NodeManagers and HDFS: the commands of {@code docs/how-to/run-on-yarn.md}.
 */
@Tag("full")
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class YarnClusterTest {
  private static final Page PAGE = Page.of("how-to/run-on-yarn.md");

  @TempDir Path folder;
  private HadoopCluster hadoop;
  private Shell shell;

  @BeforeAll
  void start() throws Exception {
    Bundle bundle = Bundle.unpacked();
    hadoop = HadoopCluster.hdfsAndYarn(folder.resolve("hadoop"));
    shell =
        new Shell(bundle.home())
            .with("SPARK_HOME", System.getenv("SPARK_HOME"))
            .with("SPARK_LOCAL_IP", "127.0.0.1")
            .with("HADOOP_CONF_DIR", hadoop.configuration().toString())
            .with("PATH", hadoop.bin() + ":" + System.getenv("PATH"))
            .with("HDFS", hadoop.uri());
    ok(shell.run(PAGE.commands("yarn", "-put")));
  }

  @AfterAll
  void stop() throws Exception {
    if (hadoop != null) {
      hadoop.close();
    }
  }

  /** One after the other: the second uses the dataset that the first prepared. */
  @Test
  void trainsInClientModeAndInClusterMode() throws Exception {
    for (String result : new String[] {"client", "cluster", "evaluation"}) {
      ok(shell.run(PAGE.commands("yarn", "/" + result + ".json")));
    }
    JsonNode client = json("client.json");
    JsonNode cluster = json("cluster.json");
    assertThat(client.get("epochs").asInt()).isEqualTo(2);
    assertThat(cluster.get("parameters_sha256"))
        .as("the same bits in both modes")
        .isEqualTo(client.get("parameters_sha256"));
    assertThat(json("evaluation.json").get("accuracy"))
        .isEqualTo(cluster.get("test").get("accuracy"));
  }

  private static void ok(Shell.Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
  }

  private JsonNode json(String file) throws Exception {
    Shell.Outcome outcome =
        shell.run("hdfs dfs -cat $HDFS/sinter/mednist/" + file + " 2>/dev/null");
    ok(outcome);
    return new ObjectMapper().readTree(outcome.output());
  }
}
