package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the driver holds for each file of a collection, pixels aside. */
class SurveyMemoryTest {
  private static final long MOST_BYTES_PER_FILE = 600;

  private static List<FileListing.Item> items(int count) {
    List<FileListing.Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name =
          String.format(
              Locale.ROOT, "class%02d/patient%06d/study1/image%08d.png", i % 14, i / 4, i);
      items.add(new FileListing.Item("hdfs://name:8020/archive/chest", name, 400_000, 1_700_000L));
    }
    items.sort(java.util.Comparator.comparing(FileListing.Item::relative));
    return items;
  }

  private static List<SourceFacts> facts(int count) {
    SourceShape shape = new SourceShape(false, 1024, 1024, 1, 1, PixelType.UINT8, List.of());
    TreeSet<Integer> none = new TreeSet<>();
    List<SourceFacts> facts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Sha256 content = Sha256.of(ByteBuffer.allocate(4).putInt(i).array());
      Sha256 pixels = Sha256.of(ByteBuffer.allocate(5).putInt(i).array());
      facts.add(
          new SourceFacts(
              i, null, shape, false, content, Sha256.NONE, 0, pixels, none, SourceTags.NONE));
    }
    return facts;
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Listing, entries, facts, sides, order and packed work of so many files, all held at once. */
  private static double bytesPerFile(int count) {
    long before = usedHeap();
    PrepareRequest request =
        PrepareRequest.of("in", "out", Task.CLASSIFICATION).withPatientPattern("(patient\\d+)/");
    Layout layout = Layout.ofClassFolders(request, items(count));
    List<SourceFacts> facts = facts(count);
    DatasetPlan plan =
        new DatasetPlan(
            request, layout.names(), layout.entries, new TreeMap<>(), facts, Growth.none());
    List<byte[]> batches = Batches.pack(count, 2, i -> layout.entries.get(i));
    long after = usedHeap();
    assertThat(plan.taken()).hasSize(count);
    assertThat(plan.order.ranks.length).isEqualTo(layout.entries.size());
    double bytes = (after - before) / (double) count;
    System.out.printf(
        Locale.ROOT,
        "%,d files: %,.1f MB of heap, %.0f bytes a file; %.0f of them packed work%n",
        count,
        (after - before) / 1e6,
        bytes,
        batches.stream().mapToLong(b -> b.length).sum() / (double) count);
    return bytes;
  }

  @Test
  void holdsAFewHundredBytesForEachFile() {
    bytesPerFile(100); // classes are loaded
    assertThat(bytesPerFile(10_000)).isLessThan(MOST_BYTES_PER_FILE);
  }

  @Test
  @Tag("full")
  void holdsNoMoreForEachOfAMillion() {
    bytesPerFile(100);
    assertThat(bytesPerFile(1_000_000)).isLessThan(MOST_BYTES_PER_FILE);
  }
}
