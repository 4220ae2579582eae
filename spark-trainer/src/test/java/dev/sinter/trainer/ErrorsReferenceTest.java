package dev.sinter.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/errors.md} lists exactly the codes that the sources can give. */
class ErrorsReferenceTest {
  private static final Path HOME = Path.of("..");
  private static final Pattern CODE_IN_SOURCE =
      Pattern.compile("\"([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\"");
  private static final Pattern CODE_IN_LAUNCHER = Pattern.compile("fail ([A-Z][A-Z_]+) ");
  private static final Pattern CODE_IN_TEXT = Pattern.compile("`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)`");

  /** Environment variables. */
  private static final Set<String> NOT_CODES =
      Set.of(
          "SINTER_SALT",
          "SAME_UPPER", // of ONNX
          "MET_CHAR", // and the next ones, of MetaImage
          "MET_UCHAR",
          "MET_SHORT",
          "MET_USHORT",
          "MET_INT",
          "MET_FLOAT",
          "SINTER_HEAP",
          "MLFLOW_TRACKING_URI",
          "MLFLOW_TRACKING_USERNAME",
          "MLFLOW_TRACKING_PASSWORD",
          "MLFLOW_TRACKING_TOKEN",
          "MLFLOW_TRACKING_INSECURE_TLS",
          "JAVA_HOME",
          "HADOOP_CONF_DIR",
          "YARN_CONF_DIR",
          "OMP_NUM_THREADS",
          "SPARK_HOME",
          "SPARK_LOCAL_IP",
          "SPARK_SCALA_VERSION",
          "GOMP_SPINCOUNT",
          "MALLOC_ARENA_MAX",
          "MALLOC_MMAP_THRESHOLD_",
          "MALLOC_TRIM_THRESHOLD_",
          "MALLOC_TOP_PAD_",
          "CUBLAS_WORKSPACE_CONFIG",
          "CUDA_VISIBLE_DEVICES");

  @Test
  void listsEveryCode() throws IOException {
    Set<String> codes = new TreeSet<>();
    for (String module : List.of("model-defs", "datasets-scripts", "spark-trainer")) {
      try (Stream<Path> files = Files.walk(HOME.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          collect(CODE_IN_SOURCE, Files.readString(file), codes);
        }
      }
    }
    for (String launcher : List.of("sinter", "bundle/src/main/dist/sinter")) {
      collect(CODE_IN_LAUNCHER, Files.readString(HOME.resolve(launcher)), codes);
    }
    codes.removeAll(NOT_CODES);

    Set<String> listed = new TreeSet<>();
    collect(CODE_IN_TEXT, Files.readString(HOME.resolve("docs/reference/errors.md")), listed);
    listed.removeAll(NOT_CODES);
    assertThat(listed).isEqualTo(codes);
  }

  private static void collect(Pattern pattern, String text, Set<String> codes) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      codes.add(matcher.group(1));
    }
  }
}
