package dev.sinter.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.training.WorkerProgress;
import dev.sinter.trainer.training.WorkerTimes;
import org.junit.jupiter.api.Test;

class WorkerPanelTest {
  private static WorkerProgress worker(int rank) {
    return new WorkerProgress(
        rank, "node-" + rank, 12, new WorkerTimes(4, 2, 1.5, 0.4, 0.1, 40_000, 64));
  }

  @Test
  void hasALinePerWorkerAndGoesBackToTheBar() {
    WorkerPanel panel = new WorkerPanel(100);
    assertThat(panel.under("bar")).isEqualTo("\r\u001b[Jbar");
    panel.update(worker(1));
    panel.update(worker(0));
    panel.update(worker(1));
    assertThat(panel.under("bar").split("\n"))
        .containsExactly(
            "\r\u001b[Jbar",
            "    worker 0 on node-0: 32 images/s, compute 75 %, wait 20 %, transfer 5 %, 10.0 kB/step",
            "    worker 1 on node-1: 32 images/s, compute 75 %, wait 20 %, transfer 5 %, 10.0 kB/step\u001b[2A\r");
    panel.forget();
    assertThat(panel.under("bar")).doesNotContain("worker");
  }

  @Test
  void fitsASmallTerminal() {
    WorkerPanel panel = new WorkerPanel(30);
    for (int rank = 0; rank < 20; rank++) {
      panel.update(worker(rank));
    }
    // Carriage returns end lines, too.
    assertThat(panel.under("").lines().skip(2))
        .hasSize(8)
        .allSatisfy(line -> assertThat(line.replaceAll("\u001b.*", "").length()).isLessThan(30))
        .last()
        .asString()
        .startsWith("    and 13 more workers");
  }
}
