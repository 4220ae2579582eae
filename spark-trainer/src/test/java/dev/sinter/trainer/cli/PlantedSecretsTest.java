package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.PlantedStrings;
import dev.sinter.trainer.SparkTestClusters;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

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
    UserGroupInformation.reset(); // a local context leaves its generated secret with the user
    Configuration logging = LoggerContext.getContext(false).getConfiguration();
    logging.getRootLogger().removeAppender("captured");
    logging.getRootLogger().setLevel(level);
    LoggerContext.getContext(false).updateLoggers();
    appender.stop();
  }

  @Test
  void areNowhere() throws IOException {
    assertThat(search(PlantedCommands.write(folder, SALT))).isEmpty();
  }

  /** With executors in processes of their own, whose logs are in debug as well. */
  @Tag("full")
  @Test
  void areNowhereOnACluster() throws IOException {
    Path logging =
        Files.writeString(
            folder.resolve("log4j2.properties"),
            """
            rootLogger.level = debug
            rootLogger.appenderRef.stderr.ref = stderr
            appender.stderr.type = Console
            appender.stderr.name = stderr
            appender.stderr.target = SYSTEM_ERR
            appender.stderr.layout.type = PatternLayout
            appender.stderr.layout.pattern = %p %c %m%n%ex
            """);
    Map<String, String> cluster = new LinkedHashMap<>();
    for (Tuple2<String, String> setting :
        SparkTestClusters.conf("planted", 2, 1, Map.of()).getAll()) {
      cluster.put(setting._1(), setting._2());
    }
    cluster.merge(
        "spark.executor.extraJavaOptions",
        " -Dlog4j2.configurationFile=" + logging,
        String::concat);
    settings.putAll(cluster);
    cluster.forEach(System::setProperty);
    Path work = Path.of(System.getenv("SPARK_HOME")).resolve("work");
    Set<Path> before = applications(work);

    List<String> found = search(PlantedCommands.write(folder, SALT));

    Set<Path> after = applications(work);
    after.removeAll(before);
    assertThat(after).hasSizeGreaterThan(4);
    for (Path application : after) {
      found.addAll(ALL.foundBelow(application, file -> true));
    }
    assertThat(found).isEmpty();
  }

  private static Set<Path> applications(Path work) throws IOException {
    if (!Files.exists(work)) {
      return new TreeSet<>();
    }
    try (Stream<Path> applications = Files.list(work)) {
      return applications.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private List<String> search(PlantedCommands commands) throws IOException {
    List<String> found = new ArrayList<>();
    StringBuilder said = new StringBuilder();
    for (PlantedCommands.Command command : commands.inOrder(PASSWORD)) {
      CommandResult result = CommandResult.of(command.arguments());
      if (result.exitCode() != command.exit()) {
        found.add(command + " ended with " + result.exitCode() + coded(result));
      }
      found.addAll(
          (command.showsNames() ? BUT_NAMES : ALL)
              .foundIn("the output of " + command.name(), result.output()));
      found.addAll(ALL.foundIn("the errors of " + command.name(), result.errors()));
      said.append(result.errors());
    }
    found.addAll(ALL.foundIn("the log", log.toString()));
    found.addAll(ALL.foundBelow(folder, commands::isSearched));
    // There was something to search.
    assertThat(said).contains("LOCATION_HAS_PASSWORD", "\tat ");
    assertThat(log.toString()).contains("DEBUG");
    for (String full : List.of("events", "metrics", "set", "run")) {
      assertThat(folder.resolve(full)).isNotEmptyDirectory();
    }
    return found;
  }

  private static String coded(CommandResult result) {
    return result
        .errors()
        .lines()
        .filter(line -> line.startsWith("error ") || line.startsWith("  failure"))
        .collect(Collectors.joining("; ", ": ", ""));
  }
}
