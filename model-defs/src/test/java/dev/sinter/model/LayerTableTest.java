package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerTableTest {
  private final LayerTable table =
      LayerTable.of(
          ModelRegistry.configuration(ModelSpecs.segmentation(8, Map.of("depth", 1, "width", 2))),
          1,
          8,
          8);

  @Test
  void hasARowPerVertex() {
    assertThat(table.row("encoder1-conv1"))
        .isEqualTo(
            new LayerTable.Row(
                "encoder1-conv1", "ConvolutionLayer", List.of(2L, 8L, 8L), 18, 18 * 64));
    assertThat(table.row("encoder1-bn1"))
        .isEqualTo(
            new LayerTable.Row("encoder1-bn1", "BatchNormalization", List.of(2L, 8L, 8L), 4, 0));
    assertThat(table.row("decoder1-upconv"))
        .isEqualTo(
            new LayerTable.Row(
                "decoder1-upconv", "Deconvolution2D", List.of(2L, 8L, 8L), 34, 32 * 16));
    assertThat(table.row("decoder1-skip"))
        .isEqualTo(new LayerTable.Row("decoder1-skip", "MergeVertex", List.of(4L, 8L, 8L), 0, 0));
  }

  @Test
  void listsVerticesInTopologicalOrder() {
    List<String> names = table.rows().stream().map(LayerTable.Row::vertex).toList();
    assertThat(names).startsWith("encoder1-conv1", "encoder1-bn1").endsWith("head", "output");
    assertThat(names).doesNotContain("input").doesNotHaveDuplicates();
  }

  @Test
  void rejectsUnknownVertex() {
    assertThatThrownBy(() -> table.row("attic"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no vertex attic");
  }
}
