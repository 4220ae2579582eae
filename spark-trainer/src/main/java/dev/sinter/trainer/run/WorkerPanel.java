package dev.sinter.trainer.run;

import dev.sinter.trainer.training.WorkerProgress;
import dev.sinter.trainer.training.WorkerTimes;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Lines under the progress bar of a terminal, one per worker: where its time goes. */
final class WorkerPanel {
  /** More would push the bar off a small terminal. */
  private static final int MOST_LINES = 8;

  private static final String CLEAR_BELOW = "\r\u001b[J";

  private final int columns;
  private final SortedMap<Integer, WorkerProgress> workers = new TreeMap<>();

  WorkerPanel(int columns) {
    this.columns = columns;
  }

  void update(WorkerProgress progress) {
    workers.put(progress.rank(), progress);
  }

  /** Workers of an attempt that is over say nothing of the next one's. */
  void forget() {
    workers.clear();
  }

  /** The bar and the workers' lines; the cursor is on the bar's line afterwards. */
  String under(String bar) {
    StringBuilder text = new StringBuilder(CLEAR_BELOW).append(bar);
    int lines = 0;
    for (WorkerProgress worker : workers.values()) {
      String line =
          lines == MOST_LINES - 1 && workers.size() > MOST_LINES
              ? "    and " + (workers.size() - lines) + " more workers"
              : line(worker);
      text.append('\n').append(line, 0, Math.min(line.length(), columns - 1));
      if (++lines == MOST_LINES) {
        break;
      }
    }
    return lines == 0 ? text.toString() : text.append("\u001b[" + lines + "A\r").toString();
  }

  /** What removes bar and lines. */
  static String clear() {
    return CLEAR_BELOW;
  }

  private static String line(WorkerProgress worker) {
    WorkerTimes times = worker.latest();
    double all = Math.max(times.seconds(), 1e-9) / 100;
    return String.format(
        Locale.ROOT,
        "    worker %d on %s: %.0f images/s, compute %.0f %%, wait %.0f %%, transfer %.0f %%, %s/step",
        worker.rank(),
        worker.host(),
        times.imagesPerSecond(),
        times.computeSeconds() / all,
        times.waitSeconds() / all,
        times.transferSeconds() / all,
        bytes(times.steps() == 0 ? 0 : times.bytesSent() / times.steps()));
  }

  private static String bytes(long count) {
    if (count < 1000) {
      return count + " B";
    }
    return count < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", count / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", count / 1e6);
  }
}
