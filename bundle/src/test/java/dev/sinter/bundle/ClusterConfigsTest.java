package dev.sinter.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.deploy.k8s.Config;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every file in {@code cluster-configs} is loaded by what will read it. */
class ClusterConfigsTest {
  private static final Path CONFIGS = Page.REPOSITORY.resolve("cluster-configs");

  /** Families of keys, which Spark does not register one by one. */
  private static final Pattern FAMILY =
      Pattern.compile(
          "spark\\.(executorEnv\\.\\w+|hadoop\\..+"
              + "|(task|executor|worker|driver)\\.resource\\.gpu\\.(amount|discoveryScript|vendor)"
              + "|kubernetes\\.(driver|executor)\\.volumes\\.(hostPath|emptyDir|persistentVolumeClaim)"
              + "\\.[\\w-]+\\.(mount|options)\\.\\w+)");

  /** Keys that Spark reads by name. */
  private static final List<String> UNREGISTERED =
      List.of(
          "spark.master",
          "spark.cores.max",
          "spark.local.dir",
          "spark.standalone.submit.waitAppCompletion");

  @BeforeAll
  static void registerKeys() {
    // Scala registers a key when the object that declares it is initialised.
    assertThat(org.apache.spark.internal.config.package$.MODULE$).isNotNull();
    assertThat(org.apache.spark.internal.config.Network$.MODULE$).isNotNull();
    assertThat(org.apache.spark.internal.config.UI$.MODULE$).isNotNull();
    assertThat(org.apache.spark.internal.config.Kryo$.MODULE$).isNotNull();
    assertThat(org.apache.spark.internal.config.Worker$.MODULE$).isNotNull();
    assertThat(org.apache.spark.deploy.yarn.config.package$.MODULE$).isNotNull();
    assertThat(Config.CONTAINER_IMAGE()).isNotNull();
  }

  static Stream<Path> settings() throws IOException {
    return files(".conf");
  }

  static Stream<Path> runs() throws IOException {
    return files(".yaml").filter(file -> !file.getFileName().toString().endsWith("-pod.yaml"));
  }

  private static Stream<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(CONFIGS)) {
      return all.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void sparkKnowsEveryKeyAndReadsItsValue(Path file) throws IOException {
    Map<String, String> settings = load(file);
    assertThat(settings).isNotEmpty();
    settings.forEach(
        (key, value) -> {
          if (FAMILY.matcher(key).matches() || UNREGISTERED.contains(key)) {
            return;
          }
          ConfigEntry<?> entry = ConfigEntry.findEntry(key);
          assertThat(entry).as(key).isNotNull();
          assertThat(entry.valueConverter().apply(value)).as(key).isNotNull();
        });
  }

  @ParameterizedTest
  @MethodSource("runs")
  void sinterReadsEveryRun(Path file) throws IOException {
    RunConfig run = ConfigFile.read(file, Map.of());
    Path beside = file.resolveSibling("spark-defaults.conf");
    if (!Files.exists(beside)) {
      return; // a schedule, on a cluster of any kind
    }
    Map<String, String> spark = load(beside);
    if (spark.containsKey("spark.executor.instances")) {
      int slots =
          Integer.parseInt(spark.get("spark.executor.instances"))
              * (Integer.parseInt(spark.get("spark.executor.cores"))
                  / Integer.parseInt(spark.get("spark.task.cpus")));
      assertThat(run.cluster().workers()).as("slots").isEqualTo(slots);
      assertThat(spark).containsEntry("spark.dynamicAllocation.enabled", "false");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void kubernetesKnowsEveryFieldOfThePods(String role) throws IOException {
    Path file = CONFIGS.resolve("kubernetes").resolve(role + "-pod.yaml");
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    Pod pod = yaml.readValue(file.toFile(), Pod.class);
    // What the model does not know it keeps apart, and writes back: so the trees would be the same.
    assertThat(pod.getKind()).isEqualTo("Pod");
    assertThat(pod.getApiVersion()).isEqualTo("v1");
    assertThat(pod.getSpec().getAdditionalProperties()).isEmpty();
    assertThat(pod.getMetadata().getAdditionalProperties()).isEmpty();
    assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSpec().getSecurityContext().getAdditionalProperties()).isEmpty();
    Container container = pod.getSpec().getContainers().get(0);
    assertThat(container.getName()).isEqualTo("spark-kubernetes-" + role);
    assertThat(container.getAdditionalProperties()).isEmpty();
    assertThat(container.getVolumeMounts())
        .allSatisfy(
            mount -> {
              assertThat(mount.getAdditionalProperties()).isEmpty();
              assertThat(pod.getSpec().getVolumes())
                  .anyMatch(volume -> volume.getName().equals(mount.getName()));
            });
    assertThat(pod.getSpec().getVolumes())
        .allSatisfy(volume -> assertThat(volume.getAdditionalProperties()).isEmpty());
  }

  @Test
  void theTemplatesAreThoseThatTheSettingsName() throws IOException {
    Map<String, String> settings = load(CONFIGS.resolve("kubernetes/spark-defaults.conf"));
    for (String role : List.of("driver", "executor")) {
      assertThat(
              Page.REPOSITORY.resolve(
                  settings.get("spark.kubernetes." + role + ".podTemplateFile")))
          .exists();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "security"})
  void aDriverThatAWorkerStartsHasItsModules(String folder) throws IOException {
    Map<String, String> settings = load(CONFIGS.resolve(folder).resolve("spark-defaults.conf"));
    assertThat(settings.get("spark.driver.extraJavaOptions").split(" "))
        .contains(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+"));
  }

  @Test
  void securityIsOnWhereThePageSaysSo() throws IOException {
    for (String folder : List.of("security", "yarn")) {
      assertThat(load(CONFIGS.resolve(folder).resolve("spark-defaults.conf")))
          .containsEntry("spark.authenticate", "true")
          .containsEntry("spark.network.crypto.enabled", "true")
          .containsEntry("spark.io.encryption.enabled", "true")
          .doesNotContainKey("spark.authenticate.secret");
    }
  }

  private static Map<String, String> load(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader); // as spark-submit does
    }
    Map<String, String> settings = new TreeMap<>();
    properties.forEach((key, value) -> settings.put((String) key, ((String) value).strip()));
    return settings;
  }
}
