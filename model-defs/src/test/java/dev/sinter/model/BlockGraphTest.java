package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.BlockGraph.Connection;
import dev.sinter.model.BlockGraph.Merge;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockGraphTest {
  private static BlockGraph of(String name) {
    ModelCard card = ModelRegistry.card(name);
    ModelSpec spec =
        new ModelSpec(name, card.inputShape(), card.classes(), "cross-entropy", Map.of(), 0);
    return BlockGraph.of(ModelRegistry.configuration(spec), card.inputShape());
  }

  private static List<String> skips(BlockGraph graph) {
    return graph.skips().stream().map(skip -> describe(graph, skip)).toList();
  }

  private static String describe(BlockGraph graph, Connection skip) {
    return graph.blocks().get(skip.from()).name()
        + " > "
        + graph.blocks().get(skip.to()).name()
        + (skip.skip().projected() ? ", projected" : "");
  }

  @Test
  void residualBlocksAreSkippedOneByOne() {
    BlockGraph graph = of("resnet18");

    assertThat(graph.skips())
        .hasSize(8)
        .allMatch(skip -> skip.skip().merge() == Merge.ADD && skip.to() == skip.from() + 1);
    assertThat(skips(graph))
        .contains("stem > stage1-block1", "stage1-block2 > stage2-block1, projected")
        .filteredOn(skip -> skip.endsWith("projected"))
        .hasSize(3);
  }

  @Test
  void encodersOfUNetReachTheirDecoders() {
    BlockGraph graph = of("unet");

    assertThat(skips(graph))
        .containsExactlyInAnyOrder(
            "encoder1 > decoder1",
            "encoder2 > decoder2",
            "encoder3 > decoder3",
            "encoder4 > decoder4");
    assertThat(graph.skips()).allMatch(skip -> skip.skip().merge() == Merge.CONCATENATE);
  }

  @Test
  void denseLayersConcatenate() {
    assertThat(of("densenet121").skips())
        .as("6 + 12 + 24 + 16 layers")
        .hasSize(58)
        .allMatch(skip -> skip.skip().merge() == Merge.CONCATENATE);
  }

  @Test
  void branchesAreNoSkips() {
    assertThat(of("inception-v3").skips()).isEmpty();
    assertThat(of("vgg16").skips()).isEmpty();
    assertThat(of("unet-no-skips").skips()).isEmpty();
  }

  @Test
  void projectedSkipOverBlocksIsOneLine() {
    BlockGraph graph = of("inception-v3-skip");

    assertThat(skips(graph)).containsExactly("mixed6b > mixed6e, projected");
    int from = graph.skips().get(0).from();
    int to = graph.skips().get(0).to();
    assertThat(graph.connections())
        .filteredOn(each -> each.from() == from && each.to() == to)
        .hasSize(1);
  }

  @Test
  void addedSkipsAreDrawn() {
    InputShape input = InputShape.image(1, 32, 32);
    ModelSpec spec = new ModelSpec("plain20", input, 6, "cross-entropy", Map.of(), 0);
    List<Skip> added =
        List.of(
            Skip.add("stage1-block1-relu", "stage1-block3-relu"),
            Skip.add("stage1-block3-relu", "stage2-block2-relu"));

    assertThat(
            skips(
                BlockGraph.of(
                    SkipSurgery.add(ModelRegistry.configuration(spec), input, added), input)))
        .containsExactly(
            "stage1-block1 > stage1-block3, projected",
            "stage1-block3 > stage2-block2, projected");
  }

  @Test
  void nothingIsLeftOut() {
    for (String name : ModelRegistry.names()) {
      ModelCard card = ModelRegistry.card(name);
      BlockGraph graph = of(name);
      assertThat(graph.blocks().stream().mapToLong(BlockGraph.Block::parameters).sum())
          .as(name)
          .isEqualTo(card.parameters());
      assertThat(graph.connections().stream().map(Connection::to).distinct())
          .as("blocks of %s that are reached", name)
          .hasSize(graph.blocks().size() - 1);
      assertThat(graph.connections())
          .allMatch(each -> each.skip() != null || each.from() < each.to());
    }
  }
}
