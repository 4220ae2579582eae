package dev.sinter.trainer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.WorkersFileSystem;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.libtorch.InstalledDevices;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two executors in processes of their own, with authentication and encryption. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoctorTest {
  @TempDir static Path folder;
  private static SparkSession spark;
  private static Path salt;

  @BeforeAll
  static void start() throws IOException {
    Map<String, String> settings = new HashMap<>(WorkersFileSystem.SETTINGS);
    settings.put("spark.authenticate", "true");
    settings.put("spark.authenticate.secret", "of this test");
    settings.put("spark.network.crypto.enabled", "true");
    settings.put("spark.serializer", KryoSerializer.class.getName());
    settings.put("spark.kryo.registrator", SinterKryoRegistrator.class.getName());
    settings.put("spark.kryo.registrationRequired", "true");
    settings.put("spark.executorEnv.OMP_NUM_THREADS", "1");
    settings.put("spark.local.dir", folder.resolve("scratch").toString());
    // Enough for a tiny network, not for a ResNet.
    settings.put(
        "spark.executor.extraJavaOptions",
        JavaModuleOptions.defaultModuleOptions()
            + " -XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxphysicalbytes=1700m");
    spark =
        SparkSession.builder()
            .config(SparkTestClusters.conf("doctor", 2, 1, settings))
            .getOrCreate();
    TinyCollections.classes(folder.resolve("collection"), 1, 16);
    salt = Files.writeString(folder.resolve("salt"), "0123456789abcdef");
    Files.setPosixFilePermissions(salt, PosixFilePermissions.fromString("rw-------"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Optional<RunConfig> run(String... overrides) {
    Map<String, String> keys = new HashMap<>();
    keys.put("data.input", folder.resolve("collection").toString());
    keys.put("data.output", folder.resolve("sets/dataset").toString());
    keys.put("data.salt-file", salt.toString());
    keys.put("train.output", folder.resolve("run").toString());
    for (String override : overrides) {
      String[] parts = override.split("=", 2);
      keys.put(parts[0], parts[1]);
    }
    return Optional.of(
        ConfigFile.parse(
            """
            data: {size: [16, 16]}
            model: {name: resnet18, options: {stem: small}}
            train: {lanes: 4, micro-batch-size: 2}
            cluster: {workers: 2, timeout-seconds: 60}
            """,
            keys,
            "run.yaml"));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(it -> !it.startsWith(folder.resolve("scratch"))).sorted().toList();
    }
  }

  @Test
  void findsNothingToMendAndLeavesNothingBehind() throws IOException {
    List<Path> before = files();

    Findings findings = Findings.of(spark, run());

    assertThat(findings.named(Outcome.OK)).as(findings.toString()).hasSize(20);
    assertThat(findings.diagnosis().findings()).hasSize(20);
    assertThat(findings.diagnosis().exitCode()).isZero();
    assertThat(files()).isEqualTo(before);
    findings.assertLine("executors", Outcome.OK, "2 executors on 1 host with 2 slots", "");
    findings.assertLine("threads", Outcome.OK, "1 of its 2 lanes at once, with 1 thread each", "");
    findings.assertLine("native-libraries", Outcome.OK, "loaded on 2 executors", "");
    findings.assertLine("memory", Outcome.OK, "resnet18 at 3x16x16 (data.size)", "");
    findings.assertLine("serializer", Outcome.OK, "arrays come through whole", "");
    findings.assertLine(
        "authentication", Outcome.OK, "a peer without the secret was refused; encrypted", "");
    findings.assertLine("exchange", Outcome.OK, "2 workers reach each other", "");
    findings.assertLine("train.output", Outcome.OK, "on the driver and 2 executors", "");
    findings.assertLine("salt", Outcome.OK, "rw-------", "");
  }

  @Test
  void namesWhatARunAsksTooMuchOf() throws IOException {
    Files.createDirectory(folder.resolve("apart")); // executors see nothing below it
    List<Path> before = files();

    Findings findings =
        Findings.of(
            spark,
            run(
                "cluster.workers=3",
                "cluster.timeout-seconds=1",
                "engine.threads-per-lane=2",
                "data.size=[224, 224]",
                "train.micro-batch-size=16",
                "data.input=" + folder.resolve("nowhere"),
                "data.output=/proc/sinter/dataset",
                "train.output=workers:" + folder.resolve("apart/run")));

    assertThat(findings.diagnosis().exitCode()).isEqualTo(2); // data.input is to be mended first
    assertThat(files()).isEqualTo(before);
    findings.assertLine(
        "executors",
        Outcome.FAILURE,
        "3 workers of 1 core (spark.task.cpus), but after 1 s 2 executors on 1 host with 2 slots",
        "cluster.workers to at most 2");
    findings.assertLine("threads", Outcome.WARNING, "1 core", "spark.task.cpus to at least 2");
    findings.assertLine(
        "memory",
        Outcome.FAILURE,
        "but org.bytedeco.javacpp.maxphysicalbytes leaves",
        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0 in spark.executor.extraJavaOptions");
    findings.assertLine(
        "data.input", Outcome.FAILURE, "there is no file:" + folder + "/nowhere", "the path");
    findings.assertLine(
        "data.output", Outcome.FAILURE, "file:/proc cannot be written", "permissions there");
    findings.assertLine(
        "train.output",
        Outcome.FAILURE,
        "what the driver has written to workers:" + folder + "/apart is not there",
        "share");
    findings.assertLine("exchange", Outcome.SKIPPED, "no slots for 3 workers at once", "");
  }

  @Test
  void tellsAClockThatIsWrong() {
    Clock late = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10));
    Findings wrong = clocks(late);
    wrong.assertLine("clocks", Outcome.FAILURE, "away from the driver's clock", "NTP");
    assertThat(wrong.diagnosis().exitCode()).isEqualTo(4);

    Clock early = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-20));
    Findings slight = clocks(early);
    slight.assertLine("clocks", Outcome.WARNING, "away from the driver's clock", "NTP");
    assertThat(slight.diagnosis().exitCode()).isZero();
  }

  private static Findings clocks(Clock clock) {
    Site site = new Site(spark, Optional.empty(), clock, InstalledDevices.INSTANCE);
    return new Findings(new Diagnosis(new ClockCheck().examine(site)));
  }

  @Test
  void tellsASaltThatOthersRead() throws IOException {
    Path open = Files.writeString(folder.resolve("open"), "0123456789abcdef");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    Site site = site(run("data.salt-file=" + open));
    assertThat(new SaltCheck().examine(site))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.outcome()).isEqualTo(Outcome.WARNING);
              assertThat(it.setting()).isEqualTo("chmod 600 file:" + open);
            });
    Files.delete(open);
  }

  private static Site site(Optional<RunConfig> run) {
    return new Site(spark, run, Clock.systemUTC(), InstalledDevices.INSTANCE);
  }
}
