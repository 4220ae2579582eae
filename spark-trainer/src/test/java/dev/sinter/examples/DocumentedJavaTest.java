package dev.sinter.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.api.SinterEvaluation;
import dev.sinter.api.TrainedRun;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java of the pages: it stands in files that are compiled, and runs on the samples. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DocumentedJavaTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static LocalFileSystem local;
  private static org.apache.hadoop.fs.Path workingDirectory;

  @BeforeAll
  static void start() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrator", SinterKryoRegistrator.class.getName())
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    local = FileSystem.getLocal(spark.sparkContext().hadoopConfiguration());
    workingDirectory = local.getWorkingDirectory();
    local.setWorkingDirectory(
        new org.apache.hadoop.fs.Path(Path.of("..").toRealPath().toString())); // of the repository
  }

  @AfterAll
  static void stop() {
    local.setWorkingDirectory(workingDirectory);
    spark.stop();
  }

  private static List<String> matches(String regex, Path file) throws IOException {
    Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(Files.readString(file));
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group(1).stripIndent().strip());
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({"use-from-java.md, UseFromJava", "spark-ml.md, SparkMl"})
  void pagesShowTheCodeThatIsCompiled(String page, String type) throws IOException {
    List<String> shown = matches("```java\n(.*?)```", Path.of("../docs/how-to", page));
    List<String> compiled =
        matches(
            "// \\[block\\]\n(.*?)\n *// \\[end\\]",
            Path.of("src/test/java/dev/sinter/examples", type + ".java"));
    assertThat(shown).isNotEmpty().isEqualTo(compiled);
  }

  @Test
  void javaRuns() {
    String results = folder.resolve("java").toString();
    TrainedRun run = UseFromJava.train(spark, results);
    assertThat(run.history()).hasSize(2);
    SinterEvaluation evaluation = UseFromJava.use(spark, results);
    assertThat(evaluation.metric()).isEqualTo(run.evaluation().metric());
    assertThat(UseFromJava.look(spark, run)).contains("<img ", "<figure");
    TrainedRun own = UseFromJava.ownNetwork(spark, results);
    assertThat(own.model().name()).isEqualTo("custom");
    assertThat(own.model().network().numParams()).isEqualTo(8 * 9 + 8 + 8 * 6 + 6);
  }

  @Test
  void sparkMlRuns() throws IOException {
    String results = folder.resolve("ml").toString();
    Dataset<Row> images = SparkMl.frame(spark);
    Dataset<Row> predicted = SparkMl.pipeline(images, results);
    assertThat(
            new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predicted))
        .isGreaterThan(0.4);
  }

  /** The same on rows of numbers is in SinterClassifierTest. */
  @Test
  @Tag("full")
  void crossValidationRuns() {
    Dataset<Row> images = SparkMl.frame(spark);
    assertThat(SparkMl.crossValidate(images, folder.resolve("folds").toString()).avgMetrics())
        .hasSize(1);
  }
}
