package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.trainer.sync.LaneTree.Addition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneTreeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8 | 1 | 0 | [lanes 0 to 7]",
        "8 | 2 | 1 | [lanes 4 to 7]",
        "8 | 3 | 1 | [lanes 2 to 3, lanes 4 to 4]",
        "8 | 3 | 2 | [lanes 5 to 5, lanes 6 to 7]",
        "4 | 3 | 2 | [lanes 2 to 3]",
        "4 | 4 | 3 | [lanes 3 to 3]"
      })
  void workersHoldWholeSubtrees(int lanes, int workers, int worker, String subtrees) {
    assertThat(new Lanes(lanes, workers).subtrees(worker)).hasToString(subtrees);
  }

  @Test
  void addsSiblingsFirst() {
    List<LaneNode> nodes = List.of(new LaneNode(0, 2), new LaneNode(2, 1), new LaneNode(3, 1));
    assertThat(LaneTree.over(nodes).additions())
        .containsExactly(new Addition(1, 2), new Addition(0, 1));
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "4, 5", "4, 0"})
  void rejectsOtherNumbers(int lanes, int workers) {
    assertThatThrownBy(() -> new Lanes(lanes, workers))
        .hasMessageContaining(lanes + " lanes on " + workers + " workers");
  }
}
