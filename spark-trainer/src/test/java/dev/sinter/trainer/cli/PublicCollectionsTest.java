package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.run.PrepareRequests;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every public collection: archives with the publisher's names and layout are fetched by the
 * shipped script and prepared by the shipped configuration, with the options that the script
 * prints.
 */
class PublicCollectionsTest {
  @TempDir static Path folder;
  private static SparkSession spark;
  private static FetchScript scripts;
  private static PublicMirror mirror;

  @BeforeAll
  static void start() throws IOException {
    spark = SparkSessions.open("public collections");
    scripts = FetchScript.copiedTo(folder.resolve("datasets-scripts"));
    mirror = new PublicMirror(folder, scripts);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Fetches one set and prepares it with the command that the script prints. */
  private DatasetManifest prepared(String script, String set, String... options)
      throws IOException, InterruptedException {
    FetchScript.Result result = scripts.run(Map.of(), script, arguments(set, options));
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(collections().resolve(".fetch")).doesNotExist();
    Matcher command =
        Pattern.compile("sinter prepare datasets-scripts/fetch/(\\S+) (.*)")
            .matcher(result.output());
    assertThat(command.find()).as(result.output()).isTrue();
    Map<String, String> overrides = new LinkedHashMap<>();
    Matcher override = Pattern.compile("-D(\\S+?)=(\\S+)").matcher(command.group(2));
    while (override.find()) {
      overrides.put(override.group(1), override.group(2));
    }
    overrides.put("data.output", folder.resolve("datasets").resolve(set).toString());
    return DatasetPreparation.run(
        spark,
        PrepareRequests.of(
            ConfigFile.read(scripts.file(command.group(1)), overrides).data(),
            spark.sparkContext().hadoopConfiguration()));
  }

  private static String[] arguments(String set, String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--to", collections().toString(), "--mirror"));
    arguments.addAll(List.of("file://" + mirror.folder(), set));
    return arguments.toArray(String[]::new);
  }

  private static Path collections() {
    return folder.resolve("collections");
  }

  private static void assertCounts(DatasetManifest manifest, long samples, long patients) {
    assertThat(manifest.splits()).containsOnlyKeys("train", "val", "test");
    assertThat(manifest.splits().values()).allMatch(split -> split.samples() > 0);
    assertThat(manifest.splits().values().stream().mapToLong(s -> s.samples()).sum())
        .isEqualTo(samples);
    // Each side counts its own: the sum is the number of patients only if none is on two sides.
    assertThat(manifest.splits().values().stream().mapToLong(s -> s.patients()).sum())
        .isEqualTo(patients);
  }

  @Test
  void medMnist() throws Exception {
    mirror.medMnist("pneumoniamnist", 8, false);
    DatasetManifest images = prepared("medmnist.sh", "pneumoniamnist");
    assertThat(images.classes()).containsExactly("0", "1");
    assertCounts(images, 24, 24);
    mirror.medMnist("nodulemnist3d", 4, true);
    DatasetManifest volumes = prepared("medmnist.sh", "nodulemnist3d");
    assertThat(volumes.preparation().depth()).isEqualTo(28);
    assertCounts(volumes, 12, 12);
  }

  @Test
  void computedTomographyOfTheDecathlon() throws Exception {
    mirror.decathlon("Task09_Spleen", "410d4a301da4e5b2f6f86ec3ddba524e", List.of("CT"), "spleen");
    DatasetManifest manifest = prepared("msd.sh", "Task09_Spleen");
    assertThat(manifest.classes()).containsExactly("background", "spleen");
    assertThat(patients(manifest)).isEqualTo(7);
  }

  @Test
  void fourChannelsOfTheDecathlon() throws Exception {
    mirror.decathlon(
        "Task01_BrainTumour",
        "240a19d752f0d9e9101544901065d872",
        List.of("FLAIR", "T1w", "t1gd", "T2w"),
        "edema");
    DatasetManifest manifest = prepared("msd.sh", "Task01_BrainTumour");
    assertThat(manifest.channels()).isEqualTo(4);
    assertThat(patients(manifest)).isEqualTo(7);
  }

  @Test
  void hippocampusOfTheDecathlon() throws Exception {
    mirror.decathlon(
        "Task04_Hippocampus", "9d24dba78a72977dbd1d2e110310f31b", List.of("MRI"), "Anterior");
    DatasetManifest manifest = prepared("msd.sh", "Task04_Hippocampus");
    assertThat(manifest.classes()).containsExactly("background", "Anterior");
    assertThat(patients(manifest)).isEqualTo(7);
  }

  private static long patients(DatasetManifest manifest) {
    assertThat(manifest.splits()).containsOnlyKeys("train", "val", "test");
    return manifest.splits().values().stream().mapToLong(s -> s.patients()).sum();
  }

  @Test
  void medNist() throws Exception {
    List<String> classes = List.of("AbdomenCT", "BreastMRI", "CXR", "ChestCT", "Hand", "HeadCT");
    mirror.medNist(classes, 5);
    DatasetManifest manifest = prepared("mednist.sh", "MedNIST");
    assertThat(manifest.classes()).isEqualTo(classes);
    assertCounts(manifest, 30, 30);
  }

  @Test
  void isic2018() throws Exception {
    List<String> classes = List.of("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC");
    mirror.isic2018(classes);
    DatasetManifest manifest = prepared("isic.sh", "2018");
    assertThat(manifest.classes()).isEqualTo(classes);
    assertCounts(manifest, 35, 21);
  }

  @Test
  void isic2019() throws Exception {
    List<String> classes = List.of("MEL", "NV", "BCC", "AK", "BKL", "DF", "VASC", "SCC");
    mirror.isic2019(classes);
    DatasetManifest manifest = prepared("isic.sh", "2019");
    assertThat(manifest.classes()).isEqualTo(classes);
    assertCounts(manifest, 40, 32);
  }

  @Test
  void chestXrays() throws Exception {
    Path labels = mirror.nih();
    DatasetManifest manifest =
        prepared("nih-chestxray14.sh", "ChestXray-NIHCC", "--labels", labels.toString());
    assertThat(manifest.classes()).containsExactly("no", "yes");
    assertCounts(manifest, 24, 12);
    assertThat(manifest.splits().get("test").samples()).isEqualTo(6);
    assertThat(Files.readAllLines(collections().resolve("ChestXray-NIHCC/manifest.csv")))
        .contains("00000001_000.png,1,train,yes,no,no,yes,no,yes,no,no,no,no,no,no,no,no,no");
  }

  @Test
  void kidneys() throws Exception {
    mirror.kits("kits19/456b293435b25303bbc7995f094f83a0afdff0eb/data", 7, 0, 1, 2);
    DatasetManifest first = prepared("kits.sh", "kits19", "--first", "7");
    assertThat(first.classes()).containsExactly("background", "kidney", "tumour");
    assertThat(patients(first)).isEqualTo(7);
    assertThat(collections().resolve("kits19-first7/manifest.csv")).exists();
    assertThat(collections().resolve("kits19")).doesNotExist(); // some cases are not the set
    mirror.kits("kits23/e282208/dataset", 6, 0, 1, 2, 3);
    DatasetManifest second = prepared("kits.sh", "kits23", "--first", "6");
    assertThat(second.classes()).containsExactly("background", "kidney", "tumour", "cyst");
    assertThat(patients(second)).isEqualTo(6);
  }

  @Test
  void lungs() throws Exception {
    mirror.luna16(6);
    DatasetManifest manifest = prepared("luna16.sh", "subset0");
    assertThat(manifest.classes())
        .containsExactly("background", "left lung", "right lung", "trachea");
    assertThat(patients(manifest)).isEqualTo(6);
    Path volume =
        collections().resolve("subset0/images/1.3.6.1.4.1.14519.5.2.1.6279.6001.100.nii.gz");
    CommandResult inspected = CommandResult.of("inspect", "--json", "-", volume.toString());
    assertThat(inspected.json().at("/files/0/shape").toString()).isEqualTo("[20,24,16]");
    assertThat(inspected.json().at("/files/0/spacing/1").asDouble()).isEqualTo(3.5);
  }

  /** What an interrupted unpacking left is no obstacle, and empty folders of others stay. */
  @Test
  void nuclei() throws Exception {
    mirror.nuclei(8);
    Path work = folder.resolve("work");
    Files.createDirectories(work.resolve("sets/stage1_train.cases/half"));
    Files.createDirectories(work.resolve("somebody/else"));
    DatasetManifest manifest = prepared("dsb2018.sh", "stage1_train", "--work", work.toString());
    assertThat(work).isDirectoryContaining("glob:**/somebody");
    assertThat(work.resolve("somebody/else")).isEmptyDirectory();
    assertThat(work.resolve("sets")).doesNotExist();
    assertThat(manifest.classes()).containsExactly("background", "nucleus");
    assertCounts(manifest, 8, 8);
    Path masks = collections().resolve("stage1_train/masks");
    Path first =
        masks.resolve("00ae65c1c6631ae6f2be1a449902976e6eb8483bf6b0740d00530220832c6d30.png");
    Raster union = ImageIO.read(first.toFile()).getRaster();
    int nucleus = 0;
    for (int i = 0; i < 40 * 40; i++) {
      nucleus += union.getSample(i % 40, i / 40, 0) / 255;
    }
    assertThat(nucleus).isEqualTo(81 + 144);
  }

  @Test
  void membranes() throws Exception {
    mirror.isbi2012(10);
    DatasetManifest manifest = prepared("isbi2012.sh", "train");
    assertThat(manifest.classes()).containsExactly("membrane", "cell");
    assertCounts(manifest, 10, 10);
  }

  @Test
  void allConfigurationsAreLoadedAndSuggested() throws IOException {
    List<String> suggested = new ArrayList<>();
    List<String> shipped = new ArrayList<>();
    try (var files = Files.list(scripts.file("."))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".yaml")) {
          shipped.add(name);
          assertThat(ConfigFile.read(file, Map.of()).data().input()).startsWith("/data/");
        } else {
          Matcher names = Pattern.compile("[a-z0-9$-]+\\.yaml").matcher(Files.readString(file));
          while (names.find()) {
            suggested.add(names.group().replace("$1", "YEAR"));
          }
        }
      }
    }
    shipped.removeIf(name -> name.matches("isic-20\\d\\d.yaml|kits\\d\\d.yaml"));
    assertThat(suggested).containsAll(shipped);
  }
}
