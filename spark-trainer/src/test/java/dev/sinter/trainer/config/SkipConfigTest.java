package dev.sinter.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.model.Skip;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SkipConfigTest {
  private static RunConfig parse(String skips) {
    return ConfigFile.parse(
        "{data: {output: d}, train: {output: r}, model: {name: resnet18, skips: [%s]}}"
            .formatted(skips),
        Map.of(),
        "test");
  }

  @Test
  void addsAsTheShapesAskForByDefault() {
    assertThat(parse("{from: stem-pool, to: stage2-block2-relu}").model().skips())
        .containsExactly(
            new Skip("stem-pool", "stage2-block2-relu", Skip.Merge.ADD, Skip.Align.AUTO));
    assertThat(parse("").settings()).doesNotContainKey("model.skips");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{to: stem-relu} | model.skips[0].from: is missing",
        "{from: stem-relu} | model.skips[0].to: is missing",
        "{from: a, to: b, merge: multiply} | model.skips[0].merge: 'multiply' is not one of add, concat",
        "{from: a, to: b, align: crop} | model.skips[0].align: 'crop' is not one of auto, none, project, pool, transpose",
        "{from: stem-rel, to: stage1-block1-relu} | model.skips: the skip stem-rel -> stage1-block1-relu names a vertex",
        "{from: stage1-block1-relu, to: stem-relu} | model.skips: the skip stage1-block1-relu -> stem-relu goes back",
        "{from: stem-relu, to: stage1-block1-bn2, merge: concat, align: pool} | model.skips: behind the skip",
        "{from: stem-relu, to: stem-relu, alignment: pool} | model.skips[0].alignment: is not a key here",
        "stem-relu | model.skips[0]: 'stem-relu' is not a group of keys"
      })
  void refusesWithWordsThatSayWhatIsLegal(String skips, String message) {
    SinterException refusal = catchThrowableOfType(SinterException.class, () -> parse(skips));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo("CONFIGURATION_INVALID");
    assertThat(refusal).hasMessageContaining(message);
  }
}
