package dev.sinter.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A method that is named after a key sets that key, which there is. */
class SinterTrainerKeysTest {
  private static final Set<String> GROUPS =
      Set.of("data", "model", "train", "optimizer", "engine", "sync", "cluster");

  private static String javaName(String key) {
    Matcher word = Pattern.compile("[.-]([a-z])").matcher(key);
    return word.replaceAll(match -> match.group(1).toUpperCase(java.util.Locale.ROOT));
  }

  @Test
  void everyMethodOfAGroupIsAKey() throws Exception {
    String reference = Files.readString(Path.of("../docs/reference/configuration.md"));
    Set<String> keys = new TreeSet<>();
    Matcher key = Pattern.compile("(?:`|### )([a-z]+(\\.[a-z-]+)+)[`\n]").matcher(reference);
    while (key.find()) {
      keys.add(key.group(1));
    }
    Set<String> known =
        keys.stream().map(SinterTrainerKeysTest::javaName).collect(Collectors.toSet());
    List<String> methods =
        Arrays.stream(SinterTrainer.class.getMethods())
            .filter(method -> method.getReturnType() == SinterTrainer.class)
            .map(Method::getName)
            .filter(name -> GROUPS.contains(name.split("(?=[A-Z])", 2)[0]))
            .toList();
    assertThat(methods).hasSizeGreaterThan(25).allMatch(known::contains);
  }

  @Test
  void itSetsThatKey() throws Exception {
    String source = Files.readString(Path.of("src/main/java/dev/sinter/api/SinterTrainer.java"));
    Matcher method =
        Pattern.compile("SinterTrainer (\\w+)\\([^)]*\\) \\{\\s+return set\\(\"([^\"]+)\"")
            .matcher(source);
    int found = 0;
    while (method.find()) {
      assertThat(javaName(method.group(2))).isEqualTo(method.group(1));
      found++;
    }
    assertThat(found).isGreaterThan(25);
  }
}
