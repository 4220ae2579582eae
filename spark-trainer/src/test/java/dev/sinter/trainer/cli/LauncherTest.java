package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** The JVM options are written in three places that cannot share them. */
class LauncherTest {
  private static final List<String> SPARKS_OWN =
      Arrays.asList(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+"));

  @Test
  void theLauncherOpensWhatSparkNeeds() throws IOException {
    String script = Files.readString(Path.of("..", "sinter"));
    assertThat(words(script, "module_options=\\(([^)]*)\\)"))
        .containsExactlyInAnyOrderElementsOf(SPARKS_OWN);
  }

  @Test
  void theTestsOpenWhatSparkNeeds() throws IOException {
    String pom = Files.readString(Path.of("..", "pom.xml"));
    assertThat(words(pom, "<spark.module.options>([^<]*)<"))
        .containsExactlyInAnyOrderElementsOf(SPARKS_OWN);
  }

  private static List<String> words(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).isTrue();
    return Arrays.asList(matcher.group(1).trim().split("\\s+"));
  }
}
