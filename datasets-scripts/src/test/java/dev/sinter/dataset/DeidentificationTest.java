package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants identifiers wherever a collection has names, and searches all that is written for them.
 */
class DeidentificationTest {
  private static final String SALT = "a salt that nobody sees";
  private static final List<String> PLANTED =
      List.of("schmidt", "heinrich", "19470312", "mrn4711", "ward7", "zebra", SALT);
  private static SparkSession spark;

  @TempDir Path folder;
  private final StringWriter log = new StringWriter();
  private WriterAppender appender;
  private Level level;
  private TinyCollection collection;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void capture() {
    collection = new TinyCollection(folder);
    Configuration logging = LoggerContext.getContext(false).getConfiguration();
    appender =
        WriterAppender.newBuilder()
            .setName("captured")
            .setTarget(log)
            .setLayout(PatternLayout.newBuilder().withPattern("%m%n%throwable%n").build())
            .build();
    appender.start();
    level = logging.getRootLogger().getLevel();
    logging.getRootLogger().setLevel(Level.INFO);
    logging.getRootLogger().addAppender(appender, null, null);
    LoggerContext.getContext(false).updateLoggers();
  }

  @AfterEach
  void release() {
    assertThat(log.toString()).contains("Running task"); // there was something to search
    Configuration logging = LoggerContext.getContext(false).getConfiguration();
    logging.getRootLogger().removeAppender("captured");
    logging.getRootLogger().setLevel(level);
    LoggerContext.getContext(false).updateLoggers();
    appender.stop();
  }

  private PrepareRequest request() {
    return PrepareRequest.of(
            folder.resolve("in").toString(), folder.resolve("out").toString(), Task.CLASSIFICATION)
        .withSalt(SALT);
  }

  private void assertNothingPlanted(String where, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (String planted : PLANTED) {
      assertThat(lower.contains(planted)).as("%s has %s", where, planted).isFalse();
    }
  }

  /** Everything below the output but the file that its owner alone can read. */
  private void assertNothingWritten() throws IOException {
    for (Path file : TinyCollection.files(folder.resolve("out"))) {
      if (file.getFileName().toString().contains("sources.jsonl")) {
        continue;
      }
      assertNothingPlanted(
          file.getFileName().toString(),
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void noNameOfAPathReachesWhatIsWrittenOrLogged() throws IOException {
    for (int i = 0; i < 12; i++) {
      String patient = "Schmidt_Heinrich_19470312_" + i;
      collection.image(
          "in/" + (i % 2 == 0 ? "cat" : "dog") + "/ward7/" + patient + "/MRN4711-" + i + ".png", i);
    }
    collection.text("in/cat/ward7/Schmidt_Heinrich_19470312_0/zebra.png", "no image");
    collection.text("in/cat/ward7/Schmidt_Heinrich_19470312_0/x.zebra", "no image");
    collection.text("in/Schmidt.png", "beside the classes");
    DatasetManifest manifest =
        DatasetPreparation.run(
            spark, request().withPatientPattern("ward7/([^/]+)").withMaxRejected(0.5));
    assertThat(manifest.rejected()).isEqualTo(3);
    assertNothingWritten();
    assertNothingPlanted("the index", manifest.toJson());
    assertNothingPlanted("the log", log.toString());
    for (Sample sample : TinyCollection.samples(folder.resolve("out"), manifest)) {
      assertThat(sample.source()).matches("(cat|dog)/[0-9a-f]{16}/[0-9a-f]{16}/[0-9a-f]{16}\\.png");
      assertThat(sample.source()).contains(sample.patient().substring(0, 16));
    }
    assertThat(folder.resolve("out/sources.jsonl")).content().contains("zebra").contains("Schmidt");
    assertThat(Files.getPosixFilePermissions(folder.resolve("out/sources.jsonl"))).hasSize(2);
  }

  @Test
  void noNameOfATableReachesWhatIsWrittenOrLogged() throws IOException {
    StringBuilder table = new StringBuilder("file,label,who\n");
    for (int i = 0; i < 12; i++) {
      collection.image("in/Schmidt/" + i + "zebra.png", i);
      table
          .append(i)
          .append("zebra.png,class")
          .append(i % 2)
          .append(",Heinrich")
          .append(i / 2)
          .append('\n');
    }
    table.append("Schmidt_gone.png,class0,Heinrich\n");
    collection.text("MRN4711.csv", table.toString());
    DatasetManifest manifest =
        DatasetPreparation.run(
            spark,
            request()
                .withCollection(
                    new CollectionPlan(
                        new ManifestColumns(
                            folder.resolve("MRN4711.csv").toString(),
                            "file",
                            "label",
                            List.of(),
                            "",
                            "who",
                            ""),
                        Fold.NONE)));
    assertThat(manifest.splits().values().stream().mapToLong(s -> s.patients()).sum()).isEqualTo(6);
    assertNothingWritten();
    assertNothingPlanted("the log", log.toString());
  }

  @Test
  void noFieldOfADicomFileReachesWhatIsWrittenOrLogged() throws IOException {
    for (int i = 0; i < 12; i++) {
      collection.dicom(
          "in/" + (i % 2 == 0 ? "cat" : "dog") + "/" + i + ".dcm",
          "Schmidt^Heinrich",
          "MRN4711-" + i / 3,
          "NO",
          i);
    }
    collection.dicom("in/cat/text.dcm", "Schmidt^Heinrich", "zebra", "YES", 99);
    DatasetManifest manifest = DatasetPreparation.run(spark, request());
    assertThat(manifest.splits().values().stream().mapToLong(s -> s.patients()).sum()).isEqualTo(4);
    Map<String, String> sides = new HashMap<>();
    for (Sample sample : TinyCollection.samples(folder.resolve("out"), manifest)) {
      assertThat(sides.putIfAbsent(sample.patient(), sample.split())).isIn(null, sample.split());
    }
    assertThat(sides).hasSize(4);
    assertThat(folder.resolve("out/rejected.jsonl")).content().contains("BURNED_IN_ANNOTATION");
    assertNothingWritten();
    assertNothingPlanted("the log", log.toString());
    assertNothingPlanted(
        "even the owner's file", Files.readString(folder.resolve("out/sources.jsonl")));
    Verification warned =
        DatasetPreparation.verify(
            spark,
            request()
                .overwriting()
                .withCollection(
                    new CollectionPlan(ManifestColumns.NONE, Fold.NONE, BurnedIn.WARN)));
    assertThat(warned.report().sources().burnedIn()).isEqualTo(1);
    assertThat(warned.report().rejected()).isEmpty();
    assertThat(DatasetPreparation.run(spark, request())).isEqualTo(manifest); // nothing is new
  }

  @Test
  void failuresAndReportsHideNamesToo() throws IOException {
    for (int i = 0; i < 4; i++) {
      collection.image("in/cat/Schmidt" + i + ".png", i);
      collection.text("in/dog/zebra/MRN4711-" + i + ".png", "no image");
    }
    SinterException tooMany =
        catchThrowableOfType(SinterException.class, () -> DatasetPreparation.run(spark, request()));
    assertThat(tooMany.code()).isEqualTo("TOO_MANY_REJECTED");
    assertNothingPlanted("the error", tooMany.getMessage() + tooMany.remedy());
    SinterException noPatient =
        catchThrowableOfType(
            SinterException.class,
            () -> DatasetPreparation.run(spark, request().withPatientPattern("(nobody)")));
    assertThat(noPatient.code()).isEqualTo("PATIENT_NOT_FOUND");
    assertNothingPlanted("the error", noPatient.getMessage());
    VerificationReport report = DatasetPreparation.verify(spark, request()).report();
    assertThat(report.examples()).hasSize(4);
    assertNothingPlanted("the report", report.toString());
    assertNothingPlanted("the log", log.toString());
  }
}
