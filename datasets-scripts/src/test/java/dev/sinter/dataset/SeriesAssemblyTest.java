package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFile;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.dataset.source.VoxelType;
import dev.sinter.dataset.source.dicom.DicomSeries;
import dev.sinter.dataset.source.dicom.DicomStacks;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesAssemblyTest {
  private static final String SALT = "a salt of this test";
  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private void put(String name, byte[] content) throws IOException {
    Path file = folder.resolve("in").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  /** Three slices whose names have another order than their places. */
  private void stack(String patient, String series) throws IOException {
    put(patient + "/" + series + "/c", DicomStacks.slice(patient, series, -4, 10));
    put(patient + "/" + series + "/a", DicomStacks.slice(patient, series, -1.5, 20));
    put(patient + "/" + series + "/b", DicomStacks.slice(patient, series, 1, 30));
  }

  private SeriesAssembly.Outcome assembled(BurnedIn policy) {
    return SeriesAssembly.run(
        spark,
        new SeriesAssembly.Request(
            folder.resolve("in").toString(), folder.resolve("out").toString(), SALT, policy));
  }

  private List<Path> volumes() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      return files.filter(file -> file.toString().endsWith(".nii.gz")).sorted().toList();
    }
  }

  private List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("out").resolve(name))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  @Test
  void writesWhatTheSlicesTellOfThePatient() throws IOException {
    stack("Schmidt", "1.2.3");
    assertThat(assembled(BurnedIn.REJECT).slices()).isEqualTo(3);

    Path file = volumes().get(0);
    RawVolume written = (RawVolume) SourceFormats.read(file.toString(), Files.readAllBytes(file));
    List<SourceFile> slices = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      Path slice = folder.resolve("in/Schmidt/1.2.3").resolve(name);
      slices.add(SourceFile.of(name, Files.readAllBytes(slice)));
    }
    RawVolume expected = DicomSeries.read(slices).volume();
    assertThat(written.dimensions()).containsExactly(3, 2, 3);
    assertThat(written.type()).isEqualTo(expected.type()).isEqualTo(VoxelType.UINT16);
    assertThat(written.stored()).isEqualTo(expected.stored()).startsWith((byte) 10);
    assertThat(written.scaling()).isEqualTo(expected.scaling());
    assertThat(written.scaling().intercept()).isEqualTo(-1024);
    assertThat(written.geometry().affine()).containsExactly(expected.geometry().affine());
    assertThat(written.spacing(2)).isEqualTo(2.5f);
  }

  @Test
  void writesAVolumeOfEachSeriesAndSaysWhatIsNone() throws IOException {
    stack("Schmidt", "1.2.3");
    stack("Schmidt", "1.2.4");
    stack("Lehmann", "1.2.5");
    put("Lehmann/shown", DicomStacks.slice("Lehmann", "1.2.5", 3.5, 40, "YES"));
    put("gap/1", DicomStacks.slice("Gap", "1.2.6", 0, 1));
    put("gap/2", DicomStacks.slice("Gap", "1.2.6", 1, 1));
    put("gap/3", DicomStacks.slice("Gap", "1.2.6", 7, 1));
    put("two/1", DicomStacks.slice("One", "1.2.8", 0, 1));
    put("two/2", DicomStacks.slice("Other", "1.2.8", 1, 1));
    put("two/3", DicomStacks.slice("One", "1.2.8", 2, 1));
    put("deep", DicomStacks.deepColours("Deep", "1.2.7"));
    put("Schmidt/notes.doc", new byte[] {1, 2, 3});

    SeriesAssembly.Outcome outcome = assembled(BurnedIn.REJECT);

    assertThat(outcome)
        .isEqualTo(new SeriesAssembly.Outcome("file:" + folder.resolve("out"), 18, 2, 6, 1, 4));
    SourceNames names = new SourceNames(SALT, List.of());
    assertThat(volumes())
        .extracting(path -> path.getFileName().toString().substring(0, 32))
        .containsExactlyInAnyOrder(names.patient("Schmidt"), names.patient("Schmidt"));
    assertThat(lines("rejected.jsonl"))
        .extracting(line -> line.get("code").asText())
        .containsExactlyInAnyOrder(
            "NOT_DICOM",
            "BURNED_IN_ANNOTATION",
            "DICOM_SERIES_GAP",
            "NIFTI_TYPE_UNSUPPORTED",
            "DICOM_SERIES_MIXED");
    assertThat(Files.readString(folder.resolve("out/rejected.jsonl")))
        .doesNotContain("Schmidt", "Lehmann", "gap/", "notes");
    assertThat(Files.readAllLines(folder.resolve("out/volumes.csv")))
        .hasSize(3)
        .allSatisfy(line -> assertThat(line.split(",")).hasSize(7))
        .last()
        .asString()
        .endsWith(",CT,3,2,3");
    assertThat(lines("sources.jsonl")).hasSize(2);
    assertThat(folder.resolve("out").toFile().list()).noneMatch(name -> name.endsWith(".tmp"));
    for (String name : List.of("sources.jsonl", "rejected.jsonl")) {
      assertThat(Files.getPosixFilePermissions(folder.resolve("out").resolve(name)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(Files.getPosixFilePermissions(folder.resolve("out/volumes.csv")))
        .doesNotContain(PosixFilePermission.OTHERS_WRITE);
  }

  @Test
  void takesTextInPixelsWhenTold() throws IOException {
    put("1", DicomStacks.slice("A", "1.2.3", 0, 1, "YES"));
    assertThat(assembled(BurnedIn.WARN).volumes()).isEqualTo(1);
  }

  /** The same patients and the same sides as from the files themselves. */
  @Test
  void isPreparedByPatient() throws IOException {
    for (int i = 0; i < 8; i++) {
      String patient = "p" + i;
      put(patient + "/1", DicomStacks.slice(patient, "1.2." + i, 0, i));
      put(patient + "/2", DicomStacks.slice(patient, "1.2." + i, 1, 100 + i));
      put(patient + "/3", DicomStacks.slice(patient, "1.3." + i, 0, 200 + i));
      put(patient + "/4", DicomStacks.slice(patient, "1.3." + i, 1, 300 + i));
    }
    assertThat(assembled(BurnedIn.REJECT).volumes()).isEqualTo(16);
    Path labelled = Files.createDirectories(folder.resolve("labelled"));
    int at = 0;
    for (Path volume : volumes()) {
      Path of = Files.createDirectories(labelled.resolve(at++ % 4 < 2 ? "one" : "two"));
      Files.copy(volume, of.resolve(volume.getFileName()));
    }
    DatasetManifest dataset =
        DatasetPreparation.run(
            spark,
            PrepareRequest.of(
                    labelled.toString(), folder.resolve("set").toString(), Task.CLASSIFICATION)
                .withPatientPattern("([0-9a-f]{32})_"));
    assertThat(dataset.splits().values().stream().mapToLong(split -> split.patients()).sum())
        .isEqualTo(8);
  }

  @Test
  void writesNothingWhereThereIsNone() throws IOException {
    put("Schmidt/notes.doc", new byte[] {1, 2, 3});
    assertRefused("NO_SERIES_FOUND");
    assertThat(folder.toFile().list()).containsExactly("in");
    put("gap/1", DicomStacks.slice("Gap", "1.2.6", 0, 1));
    put("gap/2", DicomStacks.slice("Gap", "1.2.6", 1, 1));
    put("gap/3", DicomStacks.slice("Gap", "1.2.6", 7, 1));
    assertRefused("NO_SERIES_FOUND");
    assertThat(folder.toFile().list()).containsExactly("in");
    stack("Schmidt", "1.2.3");
    assembled(BurnedIn.REJECT);
    assertRefused("OUTPUT_EXISTS");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("in", "out");
  }

  private void assertRefused(String code) {
    assertThatThrownBy(() -> assembled(BurnedIn.REJECT))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageNotContaining("Schmidt");
  }
}
