package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class OverwritingTest {
  private static final Unary IN_PLACE = (input, pass) -> input;

  /** Reads nothing of its input in the backward pass, as a rectifier. */
  private record Overwrites() implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Operation> overwriting(int input) {
      return Optional.of(IN_PLACE);
    }
  }

  /** Gives memory of its own, as a batch normalisation. */
  private record GivesFree() implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean leavesOutputFree() {
      return true;
    }
  }

  private static Graph.Step step(Operation operation, int[] inputs, int... released) {
    return new Graph.Step("vertex", operation, inputs, released);
  }

  private static List<Graph.Step> overwritten(List<Graph.Step> steps) {
    return Overwriting.in(steps, List.of(Segment.whole(steps)));
  }

  @Test
  void sparesWhatAnotherSegmentGives() {
    List<Graph.Step> steps =
        List.of(step(new GivesFree(), new int[] {0}, 0), step(new Overwrites(), new int[] {1}, 1));
    List<Segment> segments =
        List.of(
            new Segment(0, 1, List.of(0), List.of(1)), new Segment(1, 2, List.of(1), List.of()));
    assertThat(Overwriting.in(steps, segments).get(1).operation()).isInstanceOf(Overwrites.class);
  }

  @Test
  void overwritesWhatNobodyElseReads() {
    List<Graph.Step> steps =
        overwritten(
            List.of(
                step(new GivesFree(), new int[] {0}, 0), step(new Overwrites(), new int[] {1}, 1)));
    assertThat(steps.get(1).operation()).isSameAs(IN_PLACE);
  }

  @Test
  void sparesTheNetworkInput() {
    List<Graph.Step> steps = overwritten(List.of(step(new Overwrites(), new int[] {0}, 0)));
    assertThat(steps.get(0).operation()).isInstanceOf(Overwrites.class);
  }

  @Test
  void sparesWhatAnotherStepReads() {
    List<Graph.Step> steps =
        overwritten(
            List.of(
                step(new GivesFree(), new int[] {0}, 0),
                step(new GivesFree(), new int[] {1}),
                step(new Overwrites(), new int[] {1}, 1)));
    assertThat(steps.get(2).operation()).isInstanceOf(Overwrites.class);
  }

  @Test
  void sparesWhatTheBackwardPassReads() {
    List<Graph.Step> steps =
        overwritten(
            List.of(
                step(new Overwrites(), new int[] {0}, 0),
                step(new Overwrites(), new int[] {1}, 1)));
    assertThat(steps.get(1).operation()).isInstanceOf(Overwrites.class);
  }

  @Test
  void sparesAnOutputOfTheNetwork() {
    List<Graph.Step> steps =
        overwritten(
            List.of(
                step(new GivesFree(), new int[] {0}, 0), step(new Overwrites(), new int[] {1})));
    assertThat(steps.get(1).operation()).isInstanceOf(Overwrites.class);
  }
}
