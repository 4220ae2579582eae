package dev.sinter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The jar and the archive. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BundleTest {
  private static final Path SPARK_HOME = Path.of(System.getenv("SPARK_HOME"));

  @TempDir static Path folder;
  private Bundle bundle;

  @BeforeAll
  void unpack() throws Exception {
    bundle = Bundle.unpacked();
  }

  @Test
  void noClassIsInSparkToo() throws IOException {
    Set<String> ofSpark = new HashSet<>();
    try (Stream<Path> jars = Files.list(SPARK_HOME.resolve("jars"))) {
      for (Path jar : jars.filter(file -> !isReadByKubernetes(file)).toList()) {
        ofSpark.addAll(Bundle.entries(jar));
      }
    }
    Set<String> both = Bundle.entries(bundle.jar());
    both.retainAll(ofSpark);
    assertThat(both)
        .filteredOn(name -> name.endsWith(".class"))
        // The annotations of JSR 305, and what ND4J forgot when it relocated Guava: nobody calls
        // either.
        .filteredOn(name -> !name.matches("(javax/annotation|com/google/thirdparty)/.*"))
        .isEmpty();
  }

  /** The same version as the bundle's; in no Spark that was built without Kubernetes. */
  private static boolean isReadByKubernetes(Path jar) {
    return jar.getFileName()
        .toString()
        .matches("(jackson-dataformat-yaml-2.15.2|snakeyaml-2.0).jar");
  }

  @Test
  void theManifestKnowsTheVersions() throws IOException {
    try (JarFile jar = new JarFile(bundle.jar().toFile())) {
      Manifest manifest = jar.getManifest();
      Attributes main = manifest.getMainAttributes();
      assertThat(main.getValue(Attributes.Name.MAIN_CLASS))
          .isEqualTo("dev.sinter.trainer.cli.Sinter");
      assertThat(bundle.jar().getFileName())
          .hasToString("sinter-" + main.getValue(Attributes.Name.IMPLEMENTATION_VERSION) + ".jar");
      assertThat(manifest.getAttributes("org/deeplearning4j/nn/graph/"))
          .containsEntry(Attributes.Name.IMPLEMENTATION_VERSION, "1.0.0-M2.1");
    }
  }

  @Test
  void theBillOfMaterialsNamesTheNatives() throws IOException {
    JsonNode bill =
        new ObjectMapper()
            .readTree(bundle.home().resolve(bundle.home().getFileName() + ".cdx.json").toFile());
    List<String> names = bill.findValuesAsText("purl");
    assertThat(names)
        .anyMatch(name -> name.startsWith("pkg:maven/org.bytedeco/pytorch@"))
        .anyMatch(name -> name.startsWith("pkg:maven/info.picocli/picocli@"))
        .noneMatch(name -> name.contains("junit"));
  }

  @Test
  void theArchiveHasWhatThePagesName() {
    for (String name :
        List.of(
            "sinter",
            "LICENSE",
            "README.md",
            "cluster-configs/gpu/gpu-discovery.sh",
            "cluster-configs/yarn/spark-defaults.conf",
            "docs/how-to/run-with-spark-submit.md",
            "samples/mednist")) {
      assertThat(bundle.home().resolve(name)).exists();
    }
    assertThat(bundle.home().resolve("sinter")).isExecutable();
    assertThat(bundle.home().resolve("cluster-configs/gpu/gpu-discovery.sh")).isExecutable();
  }

  @Test
  void theLauncherOpensWhatSparkNeeds() throws IOException {
    String script = Files.readString(bundle.home().resolve("sinter"));
    String modules = script.replaceAll("(?s).*\\nmodules=\"([^\"]*)\".*", "$1");
    assertThat(modules.split(" "))
        .containsExactlyInAnyOrder(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+"));
  }

  @Test
  void theLauncherSaysWhenThereIsNoSpark() throws Exception {
    Shell.Outcome outcome =
        new Shell(bundle.home()).with("SPARK_HOME", folder.toString()).run("./sinter models");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).contains("error SPARK_NOT_FOUND", "SPARK_HOME");
  }

  /** Through a real spark-submit; also what it says is Sinter's. */
  @Test
  void theLauncherPassesCommandsOn() throws Exception {
    Shell shell = new Shell(bundle.home()).with("SPARK_HOME", SPARK_HOME.toString());
    Shell.Outcome version = shell.run("./sinter --version");
    assertThat(version.exitCode()).as(version.output()).isZero();
    assertThat(version.output()).contains("spark 3.5.5", "dl4j 1.0.0-M2.1");
    Shell.Outcome unknown = shell.run("./sinter --conf spark.ui.enabled=false -- nothing");
    assertThat(unknown.exitCode()).as(unknown.output()).isEqualTo(2);
    assertThat(unknown.output()).contains("error USAGE");
  }

  @Test
  void theSameEntriesGiveTheSameBytesAtAnyTimeAnywhere() throws IOException {
    TimeZone before = TimeZone.getDefault();
    try {
      byte[] first = merged("first", Instant.parse("2020-02-02T02:02:02Z"));
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
      assertThat(merged("second", Instant.parse("2024-04-04T04:04:04Z"))).isEqualTo(first);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  private byte[] merged(String name, Instant made) throws IOException {
    Path target = folder.resolve(name);
    ArchiveTime time = new ArchiveTime(Instant.parse("2026-01-01T00:00:00Z"));
    try (MergedJar merged = new MergedJar(target, new Manifest(), time)) {
      merged.add(
          jar("one.jar", Map.of("b/B.class", "b", "META-INF/services/s", "x.Y # why\n"), made));
      merged.add(
          jar("two.jar", Map.of("c/C.class", "c", "META-INF/services/s", "x.Z\nx.Y\n"), made));
    }
    Path archive = folder.resolve(name + ".tar.gz");
    try (PackedFolder packed = new PackedFolder(archive, "folder", time)) {
      packed.add(target, "merged.jar");
    }
    byte[] both =
        Arrays.copyOf(Files.readAllBytes(target), (int) (Files.size(target) + Files.size(archive)));
    System.arraycopy(
        Files.readAllBytes(archive), 0, both, (int) Files.size(target), (int) Files.size(archive));
    return both;
  }

  @Test
  void servicesAreJoinedAndLicencesKept() throws IOException {
    Path target = folder.resolve("joined.jar");
    try (MergedJar merged =
        new MergedJar(
            target, new Manifest(), new ArchiveTime(Instant.parse("2026-01-01T00:00:00Z")))) {
      merged.add(
          jar(
              "one.jar",
              Map.of("META-INF/services/s", "x.Y # why\n", "META-INF/LICENSE", "1"),
              Instant.EPOCH));
      merged.add(
          jar(
              "two.jar",
              Map.of("META-INF/services/s", "x.Z\nx.Y\n", "META-INF/LICENSE", "2"),
              Instant.EPOCH));
    }
    try (ZipFile zip = new ZipFile(target.toFile())) {
      assertThat(text(zip, "META-INF/services/s")).isEqualTo("x.Y\nx.Z\n");
      assertThat(text(zip, "META-INF/licenses/one.jar/LICENSE")).isEqualTo("1");
      assertThat(text(zip, "META-INF/licenses/two.jar/LICENSE")).isEqualTo("2");
    }
  }

  @Test
  void differentEntriesOfOneNameEndTheBuild() throws IOException {
    Path one = jar("one.jar", Map.of("a/A.class", "a"), Instant.EPOCH);
    Path two = jar("two.jar", Map.of("a/A.class", "another"), Instant.EPOCH);
    ArchiveTime time = new ArchiveTime(Instant.parse("2026-01-01T00:00:00Z"));
    try (MergedJar merged = new MergedJar(folder.resolve("clash.jar"), new Manifest(), time)) {
      merged.add(one);
      assertThatThrownBy(() -> merged.add(two))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("a/A.class in one.jar and in two.jar");
    }
  }

  private static String text(ZipFile zip, String name) throws IOException {
    return new String(
        zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  private Path jar(String name, Map<String, String> entries, Instant made) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setLastModifiedTime(FileTime.from(made));
        zip.putNextEntry(header);
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }
}
