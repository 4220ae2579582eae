package dev.sinter.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.apache.spark.api.java.JavaSparkContext;

/** Opens every source once, on executors, and brings back what the driver needs to know. */
final class SourceVerification {
  private final Map<SourceShape, SourceShape> shapes = new HashMap<>();
  private final Map<SortedSet<Integer>, SortedSet<Integer>> maskValues = new HashMap<>();

  private SourceVerification() {}

  /** A source with its place in the list of entries. */
  private record Indexed(int index, SourceEntry entry) implements Serializable {}

  /**
   * Facts of the entries with these indices.
   *
   * @return in the order of the indices
   */
  static List<SourceFacts> of(
      JavaSparkContext spark,
      List<SourceEntry> entries,
      int[] indices,
      SourceGeometry geometry,
      SourceNames names,
      HadoopSettings hadoop) {
    List<byte[]> batches =
        Batches.pack(
            indices.length,
            spark.defaultParallelism(),
            i -> new Indexed(indices[i], entries.get(indices[i])));
    List<byte[]> packed;
    JobDescription named =
        JobDescription.of(spark.sc(), "prepare", "verify " + indices.length + " sources");
    try {
      packed =
          spark
              .parallelize(batches, batches.size())
              .map(batch -> verify(batch, geometry, names, hadoop))
              .collect();
    } finally {
      named.close();
    }
    SourceVerification verification = new SourceVerification();
    List<SourceFacts> facts = new ArrayList<>(indices.length);
    for (byte[] part : packed) {
      for (SourceFacts one : Batches.<SourceFacts>unpack(part)) {
        facts.add(verification.shared(one));
      }
    }
    return facts;
  }

  private static byte[] verify(
      byte[] batch, SourceGeometry geometry, SourceNames names, HadoopSettings hadoop) {
    SourceReading reading = new SourceReading(hadoop.configuration(), names);
    ArrayList<SourceFacts> facts = new ArrayList<>();
    for (Indexed item : Batches.<Indexed>unpack(batch)) {
      facts.add(SourceVerifier.verify(item.index(), item.entry(), geometry, reading));
    }
    return Wire.packDense(facts);
  }

  /** Shapes and values of masks repeat: one object for each that differs. */
  private SourceFacts shared(SourceFacts facts) {
    return new SourceFacts(
        facts.index(),
        facts.rejection(),
        shapes.computeIfAbsent(facts.shape(), s -> s),
        facts.constant(),
        facts.content(),
        facts.mask().equals(Sha256.NONE) ? Sha256.NONE : facts.mask(),
        facts.maskBytes(),
        facts.pixels(),
        maskValues.computeIfAbsent(facts.maskValues(), v -> v),
        facts.tags().equals(SourceTags.NONE) ? SourceTags.NONE : facts.tags());
  }
}
