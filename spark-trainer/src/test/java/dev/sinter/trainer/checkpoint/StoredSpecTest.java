package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.Skip;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StoredSpecTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder().addMixIn(ModelSpec.class, StoredSpec.Format.class).build();

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(InputShape.row(7), "{\"name\":\"n\",\"channels\":7,"),
        Arguments.of(InputShape.sequence(7, 5), "{\"name\":\"n\",\"channels\":7,\"steps\":5,"),
        Arguments.of(
            InputShape.image(3, 4, 5), "{\"name\":\"n\",\"channels\":3,\"height\":4,\"width\":5,"),
        Arguments.of(
            InputShape.volume(1, 2, 3, 4),
            "{\"name\":\"n\",\"channels\":1,\"depth\":2,\"height\":3,\"width\":4,"));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void namesTheDimensions(InputShape input, String beginning) throws Exception {
    ModelSpec spec = new ModelSpec("n", input, 2, "cross-entropy", Map.of("depth", 3), 9);
    String json = JSON.writeValueAsString(spec);
    assertThat(json)
        .isEqualTo(
            beginning
                + "\"classes\":2,\"loss\":\"cross-entropy\",\"options\":{\"depth\":3},\"seed\":9}");
    assertThat(JSON.readValue(json, ModelSpec.class)).isEqualTo(spec);
  }

  @Test
  void holdsSkipsInTheWordsOfTheConfiguration() throws Exception {
    ModelSpec spec =
        new ModelSpec("n", InputShape.row(7), 2, "cross-entropy", Map.of(), 9)
            .withSkips(List.of(new Skip("a", "b", Skip.Merge.CONCAT, Skip.Align.POOL)));
    String json = JSON.writeValueAsString(spec);
    assertThat(json)
        .endsWith(
            "\"skips\":[{\"from\":\"a\",\"to\":\"b\",\"merge\":\"concat\",\"align\":\"pool\"}]}");
    assertThat(JSON.readValue(json, ModelSpec.class)).isEqualTo(spec);
  }
}
