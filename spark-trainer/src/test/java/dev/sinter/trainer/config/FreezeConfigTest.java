package dev.sinter.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreezeConfigTest {
  private static final String RUN =
      """
      data: {output: d}
      train: {output: r, epochs: 6}
      optimizer: {learning-rate-factors: {%s}}
      model: {name: resnet18, freeze: {%s}, unfreeze: [%s]}
      """;

  private static RunConfig parse(String factors, String freeze, String unfreeze) {
    return ConfigFile.parse(RUN.formatted(factors, freeze, unfreeze), Map.of(), "test");
  }

  @Test
  void nothingIsFrozenByDefault() {
    RunConfig run = parse("", "", "");
    assertThat(run.model().freeze().isEmpty()).isTrue();
    assertThat(run.model().freeze().unfreeze()).isEmpty();
    assertThat(run.optimizer().learningRateFactors()).isEmpty();
    // A checkpoint of a version without these keys is of the same run.
    assertThat(run.settings().keySet())
        .noneMatch(key -> key.contains("freeze") || key.contains("factors"));
  }

  @Test
  void everyKeyCounts() {
    RunConfig run =
        parse(
            "head: 2",
            "until: stage2, pattern: '.*-bn1', statistics: moving",
            "{epoch: 3, from: stage2-block2, learning-rate-factor: 0.1}");
    FreezeConfig freeze = run.model().freeze();
    assertThat(freeze.until()).contains("stage2");
    assertThat(freeze.pattern()).contains(".*-bn1");
    assertThat(freeze.statistics()).isEqualTo(FreezeConfig.Statistics.MOVING);
    assertThat(freeze.unfreeze())
        .containsExactly(new FreezeConfig.Unfreeze(3, "stage2-block2", 0.1));
    assertThat(run.optimizer().learningRateFactors()).isEqualTo(Map.of("head", 2.0));
    assertThat(ConfigFile.parse(run.effectiveYaml(), Map.of(), "again").settings())
        .isEqualTo(run.settings());
  }

  @Test
  void freezesAPartWithWhatItDependsOnAndGivesBackWhatDependsOnAnother() {
    RunConfig run = parse("", "until: stage2", "{epoch: 3, from: stage2-block2}");
    FreezeSchedule schedule =
        FreezeSchedule.of(
            run,
            ModelRegistry.parts(
                new ModelSpec("resnet18", 1, 64, 64, 2, "cross-entropy", Map.of(), 1)));
    assertThat(schedule.frozenIn(1))
        .contains("stem-conv", "stage1-block1-conv1", "stage2-block2-bn2", "stage2-block1-conv1")
        .noneMatch(vertex -> vertex.startsWith("stage3") || vertex.startsWith("head"));
    assertThat(schedule.frozenIn(2)).isEqualTo(schedule.frozenIn(1));
    assertThat(schedule.frozenIn(3))
        .contains("stem-conv", "stage2-block1-conv1")
        .noneMatch(vertex -> vertex.startsWith("stage2-block2"));
    assertThat(schedule.lastEpochLike(1, 6)).isEqualTo(2);
    assertThat(schedule.lastEpochLike(3, 6)).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "until: stag2 |  | | model.freeze.until: the network has no stage, block or vertex \"stag2\"; did you mean \"stage2\"?",
        "until: head |  | | model.freeze.until: leaves nothing to train",
        "pattern: '(' |  | | model.freeze.pattern: '(' is not a regular expression",
        "pattern: conv |  | | model.freeze.pattern: 'conv' matches no whole name",
        "statistics: moving |  | | model.freeze.statistics: has an effect only with model.freeze.until",
        "until: stage1, statistics: fixed | | | model.freeze.statistics: 'fixed' is not one of frozen, moving",
        "until: stage1, to: x |  | | model.freeze.to: is not a key here",
        " | {epoch: 2, from: stage1} | | model.unfreeze: has an effect only with model.freeze.until",
        "until: stage1 | {from: stage1} | | model.unfreeze[0].epoch: is missing",
        "until: stage1 | {epoch: 1, from: stage1} | | model.unfreeze[0].epoch: 1 is not within 2",
        "until: stage1 | {epoch: 7, from: stage1} | | model.unfreeze[0].epoch: 7 is more than train.epochs (6)",
        "until: stage1 | {epoch: 2} | | model.unfreeze[0].from: is missing",
        "until: stage1 | {epoch: 2, from: stage2} | | model.unfreeze[0].from: 'stage2' and what depends on it train already",
        "until: stage1 | {epoch: 2, from: stem, learning-rate-factor: 0} | | model.unfreeze[0].learning-rate-factor: 0 is not within",
        "until: stage2 | {epoch: 3, from: stage2}, {epoch: 3, from: stem} | | model.unfreeze[1].epoch: 3 is not after",
        "until: stage1 | 5 | | model.unfreeze[0]: 5 is not a group of keys",
        " | | stge1: 2 | optimizer.learning-rate-factors.stge1: the network has no stage",
        " | | pool: 2 | optimizer.learning-rate-factors.pool: has no effect",
        " | | head: none | optimizer.learning-rate-factors.head: 'none' is not a number",
        "until: stage1 | | stem: 2 | optimizer.learning-rate-factors.stem: has no effect"
      })
  void refusesWithWordsThatSayWhatIsLegal(
      String freeze, String unfreeze, String factors, String message) {
    SinterException refusal =
        catchThrowableOfType(
            SinterException.class,
            () -> parse(orEmpty(factors), orEmpty(freeze), orEmpty(unfreeze)));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo("CONFIGURATION_INVALID");
    assertThat(refusal).hasMessageContaining(message);
  }

  /** One mistake hides no other one. */
  @ParameterizedTest
  @CsvSource({"until: stag2", "pattern: conv"})
  void namesEveryMistakeAtOnce(String freeze) {
    SinterException refusal =
        catchThrowableOfType(
            SinterException.class,
            () ->
                parse(
                    "haed: 2, pool: 2",
                    freeze,
                    "{epoch: 4, from: stge2}, {epoch: 4, from: stem}, {epoch: 9, from: stem}"));
    assertThat(refusal)
        .hasMessageContaining("model.freeze." + freeze.substring(0, freeze.indexOf(':')))
        .hasMessageContaining("model.unfreeze[0].from: the network has no stage")
        .hasMessageContaining("model.unfreeze[1].epoch: 4 is not after")
        .hasMessageContaining("model.unfreeze[2].epoch: 9 is more than train.epochs (6)")
        .hasMessageContaining("optimizer.learning-rate-factors.haed: the network has no stage")
        .hasMessageContaining("optimizer.learning-rate-factors.pool: has no effect")
        .hasMessageNotContaining("train already");
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
