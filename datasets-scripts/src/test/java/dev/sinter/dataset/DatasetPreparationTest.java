package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetPreparationTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrationRequired", "true")
            .config("spark.kryo.classesToRegister", "[[B,scala.Tuple2")
            .getOrCreate();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private void image(String name, int height, int width, long seed) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.getRaster().setSample(x, y, 0, random.nextInt(256));
      }
    }
    save(name, image);
  }

  private void save(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  private void mask(String name, int height, int width) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.getRaster().setSample(x, y, 0, x < width / 3 ? 0 : x < width / 2 ? 128 : 255);
      }
    }
    save(name, image);
  }

  private void twoClasses() throws IOException {
    for (int i = 0; i < 10; i++) {
      image("in/cat/" + i + ".png", 8, 8, i);
      image("in/dog/" + i + ".png", 8, 8, 100 + i);
    }
  }

  private PrepareRequest request(String output, Task task) {
    return PrepareRequest.of(
        folder.resolve("in").toString(), folder.resolve(output).toString(), task);
  }

  private static List<Sample> samples(Path root, DatasetManifest manifest) {
    List<Sample> samples = new ArrayList<>();
    for (DatasetManifest.ShardFile shard : manifest.shards()) {
      try (ShardReader reader =
          ShardReader.open(
              new Configuration(),
              new org.apache.hadoop.fs.Path(root.resolve(shard.path()).toUri()))) {
        reader.forEachRemaining(samples::add);
      }
    }
    return samples;
  }

  private void assertFails(PrepareRequest request, String code) throws IOException {
    assertThatThrownBy(() -> DatasetPreparation.run(spark, request))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code));
    Path output = Path.of(request.output());
    if (!code.equals("OUTPUT_EXISTS") && Files.exists(output)) {
      try (Stream<Path> left = Files.list(output)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void preparesAFolderPerClass() throws IOException {
    twoClasses();
    DatasetManifest manifest = DatasetPreparation.run(spark, request("out", Task.CLASSIFICATION));
    assertThat(manifest.classes()).containsExactly("cat", "dog");
    assertThat(manifest.splits().get("train").samples()).isEqualTo(12);
    assertThat(manifest.splits().get("val").samples()).isEqualTo(4);
    assertThat(manifest.splits().get("test").classes()).containsEntry("dog", 2L);
    Path out = folder.resolve("out");
    assertThat(
            DatasetManifest.read(new org.apache.hadoop.fs.Path(out.toUri()), new Configuration()))
        .isEqualTo(manifest);
    List<Sample> samples = samples(out, manifest);
    assertThat(samples).hasSize(20).extracting(Sample::height).containsOnly(8);
    assertThat(samples).extracting(Sample::source).noneMatch(s -> s.matches(".*/\\d\\.png"));
    double sum = 0;
    for (Sample sample : samples) {
      if (sample.split().equals("train")) {
        for (byte pixel : sample.pixels()) {
          sum += pixel & 0xff;
        }
      }
    }
    assertThat(manifest.normalization().mean().get(0)).isEqualTo((float) (sum / (12 * 64)));
    assertThat(Files.getPosixFilePermissions(out.resolve("sources.jsonl"))).hasSize(2);
    try (Stream<Path> left = Files.list(out)) {
      assertThat(left.map(p -> p.getFileName().toString()).filter(n -> !n.endsWith(".crc")))
          .containsExactlyInAnyOrder("dataset.json", "rejected.jsonl", "sources.jsonl", "shards");
    }
  }

  @Test
  void givesTheSameBytesAgain() throws IOException {
    twoClasses();
    DatasetManifest first =
        DatasetPreparation.run(spark, request("a", Task.CLASSIFICATION).withShardBytes(300));
    DatasetManifest second =
        DatasetPreparation.run(spark, request("b", Task.CLASSIFICATION).withShardBytes(300));
    assertThat(second).isEqualTo(first);
    assertThat(first.shards()).hasSizeGreaterThan(4);
  }

  @Test
  void keepsGivenSplitsAndDropsDuplicatesFromTrain() throws IOException {
    for (int i = 0; i < 8; i++) {
      image("in/train/cat/" + i + ".png", 8, 8, i);
      image("in/train/dog/" + i + ".png", 8, 8, 100 + i);
      image("in/test/cat/" + i + ".png", 8, 8, i == 0 ? 3 : 200 + i);
      image("in/test/dog/" + i + ".png", 8, 8, 300 + i);
    }
    DatasetManifest manifest = DatasetPreparation.run(spark, request("out", Task.CLASSIFICATION));
    assertThat(manifest.classes()).containsExactly("cat", "dog");
    assertThat(manifest.splits().get("test").samples()).isEqualTo(16);
    assertThat(manifest.splits().get("val").samples()).isGreaterThanOrEqualTo(2);
    assertThat(manifest.splits().get("train").samples() + manifest.splits().get("val").samples())
        .isEqualTo(15);
    assertThat(Files.readString(folder.resolve("out/rejected.jsonl")))
        .contains("DUPLICATE_ACROSS_SPLITS")
        .contains("\"train/cat/")
        .doesNotContain("/3.png");
    assertThat(Files.readString(folder.resolve("out/sources.jsonl")))
        .contains("\"rejected\":\"DUPLICATE_ACROSS_SPLITS\",\"relative\":\"train/cat/3.png\"");
  }

  @Test
  void keepsPatientsOnOneSide() throws IOException {
    for (int i = 0; i < 40; i++) {
      image("in/" + (i % 2 == 0 ? "a" : "b") + "/p" + i / 4 + "_" + i + ".png", 8, 8, i);
    }
    DatasetManifest manifest =
        DatasetPreparation.run(
            spark, request("out", Task.CLASSIFICATION).withPatientPattern("(p\\d+)_"));
    Map<String, Set<String>> sides = new HashMap<>();
    for (Sample sample : samples(folder.resolve("out"), manifest)) {
      sides.computeIfAbsent(sample.patient(), p -> new HashSet<>()).add(sample.split());
    }
    assertThat(sides).hasSize(10).allSatisfy((p, s) -> assertThat(s).hasSize(1));
  }

  @Test
  void preparesPairsAndPadsThem() throws IOException {
    for (int i = 0; i < 6; i++) {
      image("in/images/S" + i + ".png", 20 + i, 30, i);
      mask("in/labels/s" + i + "_mask.png", 20 + i, 30);
    }
    DatasetManifest manifest = DatasetPreparation.run(spark, request("out", Task.SEGMENTATION));
    assertThat(manifest.maskValues()).containsExactly(0, 128, 255);
    assertThat(manifest.height()).isEqualTo(32);
    assertThat(manifest.width()).isEqualTo(32);
    for (Sample sample : samples(folder.resolve("out"), manifest)) {
      assertThat(sample.mask()).hasSize(32 * 32).contains(0, 1, 2).doesNotContain(3);
    }
    SourceCollection sources =
        SourceCollection.list(
            new Configuration(), folder.resolve("in/images").toString(), manifest.preparation());
    SourceCollection.Source source = sources.read(new Configuration(), sources.items().get(3));
    byte[] predicted = new byte[32 * 32];
    java.util.Arrays.fill(predicted, (byte) 1);
    new MaskWriter(new Configuration(), folder.resolve("masks").toString(), manifest)
        .write(source, List.of(predicted));
    BufferedImage written = ImageIO.read(folder.resolve("masks/S3.png").toFile());
    assertThat(written.getHeight()).isEqualTo(23);
    assertThat(written.getRaster().getSample(5, 5, 0)).isEqualTo(128);
  }

  @Test
  void namesTheValuesOfMasks() throws IOException {
    for (int i = 0; i < 6; i++) {
      image("in/images/" + i + ".png", 16, 16, i);
      mask("in/labels/" + i + ".png", 16, 16);
    }
    assertFails(
        request("out", Task.SEGMENTATION).withMaskNames(List.of("background", "tumour")),
        "CLASS_NAMES_MISMATCH");
    List<String> names = List.of("background", "organ", "tumour");
    DatasetPreparation.run(spark, request("out", Task.SEGMENTATION).withMaskNames(names));
    DatasetManifest manifest =
        DatasetManifest.read(
            new org.apache.hadoop.fs.Path(folder.resolve("out").toUri()), new Configuration());
    assertThat(manifest.classes()).isEqualTo(names);
    assertThat(manifest.maskValues()).containsExactly(0, 128, 255);
    assertThat(manifest.splits().get("train").classes()).containsKey("tumour");
  }

  @Test
  void refusesMasksOfOneName() throws IOException {
    twoClasses();
    DatasetManifest manifest = DatasetPreparation.run(spark, request("out", Task.CLASSIFICATION));
    image("new/ct/a.png", 8, 8, 1);
    image("new/mr/a.png", 8, 8, 2);
    String input = folder.resolve("new").toString();
    Configuration configuration = new Configuration();
    MaskWriter.requireDistinctNames(
        SourceCollection.list(configuration, input, manifest.preparation()));
    Files.copy(folder.resolve("new/ct/a.png"), folder.resolve("new/ct/a.jpg"));
    assertThatThrownBy(
            () ->
                MaskWriter.requireDistinctNames(
                    SourceCollection.list(configuration, input, manifest.preparation())))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("MASK_NAMES_COLLIDE"))
        .hasMessageContaining("ct/a.jpg")
        .hasMessageContaining("ct/a.png");
  }

  @Test
  void preparesVolumesAndWritesMasksWithTheirGeometry() throws IOException {
    Path samples = Path.of("../samples/hippocampus");
    PrepareRequest request =
        PrepareRequest.of(
            samples.toAbsolutePath().normalize().toString(),
            folder.resolve("out").toString(),
            Task.SEGMENTATION);
    DatasetManifest manifest = DatasetPreparation.run(spark, request);
    assertThat(manifest.classes()).containsExactly("0", "1", "2");
    assertThat(manifest.normalization().kind()).isEqualTo(Normalization.Kind.SOURCE);
    assertThat(manifest.splits().values().stream().mapToLong(s -> s.patients()).sum())
        .isEqualTo(20);
    Map<String, Set<String>> sides = new HashMap<>();
    for (Sample sample : samples(folder.resolve("out"), manifest)) {
      sides.computeIfAbsent(sample.patient(), p -> new HashSet<>()).add(sample.split());
      assertThat(sample.spacing()).hasSize(3);
    }
    assertThat(sides).hasSize(20).allSatisfy((p, s) -> assertThat(s).hasSize(1));

    // Masks that were fitted and written again are the source's labels, voxel by voxel.
    Configuration configuration = new Configuration();
    SourceCollection images =
        SourceCollection.list(
            configuration, samples.resolve("images").toString(), manifest.preparation());
    SourceCollection labels =
        SourceCollection.list(
            configuration, samples.resolve("labels").toString(), manifest.preparation());
    SourceCollection.Source image = images.read(configuration, images.items().get(0));
    SourceCollection.Source label = labels.read(configuration, labels.items().get(0));
    org.apache.hadoop.fs.Path written =
        new MaskWriter(configuration, folder.resolve("masks").toString(), manifest)
            .write(image, label.samples().stream().map(Sample::pixels).toList());
    RawVolume mask =
        (RawVolume) SourceFormats.read("m", Files.readAllBytes(Path.of(written.toUri().getPath())));
    assertThat(mask.values()).isEqualTo(((RawVolume) label.raw()).values());
    assertThat(mask.dimensions()).isEqualTo(((RawVolume) image.raw()).dimensions());
    assertThat(mask.geometry().affine()).isEqualTo(image.raw().geometry().affine());
  }

  @Test
  void listsRejectedFilesAndGoesOn() throws IOException {
    twoClasses();
    Files.writeString(folder.resolve("in/cat/notes.png"), "hello");
    DatasetManifest manifest = DatasetPreparation.run(spark, request("out", Task.CLASSIFICATION));
    assertThat(manifest.rejected()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("out/rejected.jsonl")))
        .contains("\"cat/")
        .doesNotContain("notes")
        .contains("IMAGE_FORMAT_UNKNOWN");
    assertFails(request("out2", Task.CLASSIFICATION).withMaxRejected(0.01), "TOO_MANY_REJECTED");
  }

  @Test
  void refusesWhatCannotBeLearntFrom() throws IOException {
    assertFails(request("out", Task.CLASSIFICATION), "PATH_NOT_FOUND");
    Files.createDirectories(folder.resolve("in"));
    assertFails(request("out", Task.CLASSIFICATION), "NO_IMAGES_FOUND");
    image("in/cat/1.png", 8, 8, 1);
    assertFails(request("out", Task.CLASSIFICATION), "ONE_CLASS_ONLY");
    image("in/train/1.png", 8, 8, 1);
    assertFails(request("out", Task.CLASSIFICATION), "LAYOUT_AMBIGUOUS");
    assertFails(request("in/out", Task.CLASSIFICATION), "OUTPUT_INSIDE_INPUT");
  }

  @Test
  void refusesMasksThatDoNotFit() throws IOException {
    for (int i = 0; i < 6; i++) {
      image("in/image/" + i + ".png", 16, 16, i);
      mask("in/label/" + i + ".png", 16, i == 4 ? 17 : 16);
    }
    Files.delete(folder.resolve("in/label/5.png"));
    DatasetPreparation.run(spark, request("out", Task.SEGMENTATION).withMaxRejected(0.5));
    assertThat(Files.readString(folder.resolve("out/rejected.jsonl")))
        .contains("MASK_SIZE_MISMATCH")
        .contains("17 x 16")
        .contains("MASK_MISSING");
  }

  @Test
  void masksThatWereNamedAreNoImages() throws IOException {
    for (int i = 0; i < 6; i++) {
      image("in/images/" + i + ".png", 16, 16, i);
      mask("in/truth/" + i + ".png", 16, 16);
    }
    DatasetManifest manifest =
        DatasetPreparation.run(
            spark,
            request("out", Task.SEGMENTATION).withMasks(folder.resolve("in/truth").toString()));
    assertThat(manifest.rejected()).isZero();
    assertThat(
            manifest.splits().values().stream()
                .mapToLong(DatasetManifest.SplitSummary::samples)
                .sum())
        .isEqualTo(6);
  }

  @Test
  void neverOverwritesSilently() throws IOException {
    twoClasses();
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/thesis.txt"), "years of work");
    assertFails(request("out", Task.CLASSIFICATION), "OUTPUT_EXISTS");
    DatasetPreparation.run(spark, request("out", Task.CLASSIFICATION).overwriting());
    DatasetPreparation.run(spark, request("out", Task.CLASSIFICATION).overwriting());
    assertThat(folder.resolve("out/thesis.txt")).hasContent("years of work");
  }
}
