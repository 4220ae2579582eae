package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.PlantedStrings;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants secrets and identifiers of patients, gives every command once as it works and once as it
 * fails, and searches everything that was written, logged and said for them.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlantedSecretsTest {
  private static final String SALT = "salt-GRAINS-1357";
  private static final String PASSWORD = "PASS-WORD-2468";
  private static final String SPARK_SECRET = "SPARK-AUTH-9753";
  private static final String CLOUD_KEY = "CLOUD-KEY-8642";

  private static final PlantedStrings SECRETS =
      new PlantedStrings(List.of(SALT, PASSWORD, SPARK_SECRET, CLOUD_KEY));
  private static final PlantedStrings ALL =
      PlantedStrings.of(
          SECRETS.strings(),
          PlantedStrings.of(PlantedCollection.IN_NAMES, PlantedCollection.IN_TAGS).strings());

  /** What is said of tags and secrets where true names may be. */
  private static final PlantedStrings BUT_NAMES =
      PlantedStrings.of(SECRETS.strings(), PlantedCollection.IN_TAGS);

  @TempDir Path folder;
  private final StringWriter log = new StringWriter();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private WriterAppender appender;
  private Level level;

  @BeforeEach
  void capture() throws IOException {
    settings.put("spark.eventLog.enabled", "true");
    settings.put("spark.eventLog.dir", Files.createDirectory(folder.resolve("events")).toString());
    settings.put("spark.authenticate", "true");
    settings.put("spark.authenticate.secret", SPARK_SECRET);
    settings.put("spark.hadoop.fs.s3a.secret.key", CLOUD_KEY);
    settings.put("spark.ssl.keyPassword", PASSWORD);
    settings.put("spark.metrics.conf.*.sink.csv.class", "org.apache.spark.metrics.sink.CsvSink");
    settings.put(
        "spark.metrics.conf.*.sink.csv.directory",
        Files.createDirectory(folder.resolve("metrics")).toString());
    settings.forEach(System::setProperty);
    Configuration logging = LoggerContext.getContext(false).getConfiguration();
    appender =
        WriterAppender.newBuilder()
            .setName("captured")
            .setTarget(log)
            .setLayout(PatternLayout.newBuilder().withPattern("%p %c %m%n%throwable%n").build())
            .build();
    appender.start();
    level = logging.getRootLogger().getLevel();
    logging.getRootLogger().setLevel(Level.DEBUG);
    logging.getRootLogger().addAppender(appender, null, null);
    LoggerContext.getContext(false).updateLoggers();
  }

  @AfterEach
  void release() {
    settings.keySet().forEach(System::clearProperty);
    Configuration logging = LoggerContext.getContext(false).getConfiguration();
    logging.getRootLogger().removeAppender("captured");
    logging.getRootLogger().setLevel(level);
    LoggerContext.getContext(false).updateLoggers();
    appender.stop();
  }

  @Test
  void areNowhere() throws IOException {
    PlantedCommands commands = PlantedCommands.write(folder, SALT);
    List<String> found = new ArrayList<>();
    StringBuilder said = new StringBuilder();
    for (PlantedCommands.Command command : commands.inOrder(PASSWORD)) {
      CommandResult result = CommandResult.of(command.arguments());
      if (result.exitCode() != command.exit()) {
        found.add(command + " ended with " + result.exitCode() + "\n" + result.errors());
      }
      found.addAll(
          (command.showsNames() ? BUT_NAMES : ALL)
              .foundIn("the output of " + command, result.output()));
      found.addAll(ALL.foundIn("the errors of " + command, result.errors()));
      said.append(result.errors());
    }
    found.addAll(ALL.foundIn("the log", log.toString()));
    found.addAll(ALL.foundBelow(folder, commands::isSearched));
    assertThat(found).isEmpty();
    // There was something to search.
    assertThat(said).contains("LOCATION_HAS_PASSWORD", "\tat ");
    assertThat(log.toString()).contains("DEBUG", "Running task");
    assertThat(folder.resolve("run/report.html")).isRegularFile();
    for (String full : List.of("events", "metrics", "set", "run")) {
      assertThat(folder.resolve(full)).isNotEmptyDirectory();
    }
  }
}
