package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class MainOutputTest {
  private static final Loss LOSS = new ClassLosses.CrossEntropy(Optional.empty());

  private record Named() implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      throw new UnsupportedOperationException();
    }
  }

  private static Graph.Step step(String vertex, int... inputs) {
    return new Graph.Step(vertex, new Named(), inputs, new int[0]);
  }

  private static Graph graph(List<Graph.Step> steps, Graph.Output... outputs) {
    return new Graph(steps, List.of(outputs), List.of(Segment.whole(steps)));
  }

  @Test
  void leavesOutWhatOnlyOtherOutputsRead() {
    List<Graph.Step> steps =
        List.of(
            step("stem", 0),
            step("auxiliary-conv", 1),
            step("auxiliary", 2),
            step("conv", 1),
            step("skip", 1, 4),
            step("output", 5));
    Graph main = MainOutput.of(graph(steps, new Graph.Output(6, LOSS), new Graph.Output(3, LOSS)));
    assertThat(main.steps())
        .extracting(Graph.Step::vertex)
        .containsExactly("stem", "conv", "skip", "output");
    assertThat(main.steps())
        .extracting(step -> List.of(boxed(step.inputs()), boxed(step.released())))
        .containsExactly(
            List.of(List.of(0), List.of(0)),
            List.of(List.of(1), List.of()),
            List.of(List.of(1, 2), List.of(1, 2)),
            List.of(List.of(3), List.of(3)));
    assertThat(main.outputs()).containsExactly(new Graph.Output(4, LOSS));
    assertThat(main.segments()).hasSize(1);
  }

  @Test
  void isTheWholeGraphWithOneOutput() {
    Graph graph = graph(List.of(step("output", 0)), new Graph.Output(1, LOSS));
    assertThat(MainOutput.of(graph)).isSameAs(graph);
  }

  private static List<Integer> boxed(int[] slots) {
    return java.util.Arrays.stream(slots).boxed().toList();
  }
}
