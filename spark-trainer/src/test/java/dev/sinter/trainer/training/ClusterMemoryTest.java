package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.Network;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory that the comments of {@code cluster-configs} work out is what Sinter estimates. */
class ClusterMemoryTest {
  private static final Path CONFIGS = Path.of("../cluster-configs");

  /** The JVM's own memory and network buffers. */
  private static final long BESIDE_MEBIBYTES = 1024;

  @ParameterizedTest
  @CsvSource({
    "standalone, xrays.yaml, 3, 224",
    "yarn, xrays.yaml, 3, 224",
    "kubernetes, xrays.yaml, 3, 224",
    "security, xrays.yaml, 3, 224"
  })
  void executorsHaveWhatTheirWorkersNeed(String folder, String run, int channels, int size)
      throws IOException {
    SparkConf spark = spark(folder);
    String text = Files.readString(CONFIGS.resolve(folder).resolve("spark-defaults.conf"));
    MemoryEstimate worker = estimate(folder, run, channels, size, spark);
    int workers = spark.getInt("spark.executor.cores", 0) / spark.getInt("spark.task.cpus", 0);
    assertThat(commented(text, "parameters, gradients")).isEqualTo(mebibytes(worker.vectorBytes()));
    assertThat(commented(text, "activations of")).isEqualTo(mebibytes(worker.activationBytes()));
    assertThat(commented(text, "one worker")).isEqualTo(mebibytes(worker.totalBytes()));
    long executor = mebibytes(worker.totalBytes() * workers);
    assertThat(commented(text, "the 2 workers of an executor")).isEqualTo(executor);
    long overhead = JavaUtils.byteStringAsMb(spark.get("spark.executor.memoryOverhead"));
    assertThat(overhead).isBetween(executor + BESIDE_MEBIBYTES, executor + 2 * BESIDE_MEBIBYTES);
  }

  @ParameterizedTest
  @CsvSource("local, mednist.yaml, 1, 64")
  void theLocalProcessSaysWhatItsWorkersTake(String folder, String run, int channels, int size)
      throws IOException {
    String text = Files.readString(CONFIGS.resolve(folder).resolve("spark-defaults.conf"));
    MemoryEstimate worker = estimate(folder, run, channels, size, spark(folder));
    assertThat(commented(text, "one worker")).isEqualTo(mebibytes(worker.totalBytes()));
    assertThat(commented(text, "the 2 workers")).isEqualTo(mebibytes(2 * worker.totalBytes()));
  }

  private static MemoryEstimate estimate(
      String folder, String file, int channels, int size, SparkConf spark) throws IOException {
    RunConfig run =
        ConfigFile.parse(
            Files.readString(CONFIGS.resolve(folder).resolve(file)),
            Map.of("engine.precision", "fp32"), // what this machine would choose differs
            file);
    ModelSpec spec =
        new ModelSpec(
            run.model().name(),
            channels,
            size,
            size,
            6,
            "cross-entropy",
            run.model().options(),
            run.train().seed());
    Network network = Network.of(spec, ModelRegistry.configuration(spec));
    return WorkerSizing.of(run, spark).memory(network);
  }

  private static SparkConf spark(String folder) throws IOException {
    Properties properties = new Properties();
    try (Reader reader =
        Files.newBufferedReader(CONFIGS.resolve(folder).resolve("spark-defaults.conf"))) {
      properties.load(reader);
    }
    SparkConf conf = new SparkConf(false);
    properties.forEach((key, value) -> conf.set((String) key, ((String) value).strip()));
    return conf;
  }

  private static long commented(String text, String label) {
    Matcher line =
        Pattern.compile("(?m)^# +" + Pattern.quote(label) + ".* (\\d+) MiB$").matcher(text);
    assertThat(line.find()).as(label).isTrue();
    return Long.parseLong(line.group(1));
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1L << 20) - 1) >> 20;
  }
}
