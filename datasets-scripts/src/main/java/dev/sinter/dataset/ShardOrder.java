package dev.sinter.dataset;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Order of the samples, and where shards begin: by a hash, so that any range of a split is a random
 * subset of it. Driver only; 16 bytes for each sample, as a volume has hundreds.
 */
final class ShardOrder {
  /** Rank of the first sample of every shard, and behind the last one the number of samples. */
  final List<Long> shardStarts = new ArrayList<>();

  final List<String> shardSplits = new ArrayList<>();

  /** Ranks of a source's samples, by the index of its entry; null where it is not taken. */
  final long[][] ranks;

  private final PrepareRequest request;
  private final Preparation preparation;
  private long rank;

  ShardOrder(
      PrepareRequest request,
      SourceNames names,
      List<SourceEntry> entries,
      Sides sides,
      Preparation preparation,
      ToLongFunction<SourceFacts> sampleBytes) {
    this.request = request;
    this.preparation = preparation;
    this.ranks = new long[entries.size()][];
    for (String split : SplitAssignment.SPLITS) {
      List<SourceFacts> own =
          sides.taken.stream().filter(f -> sides.split(f.index()).equals(split)).toList();
      cut(split, own, keys(own, entries, names), sampleBytes);
    }
    shardStarts.add(rank);
  }

  /** Per sample its order, then source and slice packed into one number. */
  private long[][] keys(List<SourceFacts> own, List<SourceEntry> entries, SourceNames names) {
    int samples = Math.toIntExact(own.stream().mapToLong(this::samples).sum());
    long[] order = new long[samples];
    long[] slots = new long[samples];
    int at = 0;
    for (int source = 0; source < own.size(); source++) {
      SourceFacts facts = own.get(source);
      int count = samples(facts);
      ranks[facts.index()] = new long[count];
      String id = names.sourceId(entries.get(facts.index()).relative());
      for (int slice = 0; slice < count; slice++) {
        String sample =
            preparation.sample().isPartOfSource() ? SampleFactory.sliceId(id, slice) : id;
        String text = request.split().seed() + "\0" + sample;
        // Unsigned order as a signed number.
        order[at] = Sha256.of(text.getBytes(StandardCharsets.UTF_8)).first() ^ Long.MIN_VALUE;
        slots[at++] = ((long) source << 32) | slice;
      }
    }
    PairSort.sort(order, slots);
    return new long[][] {order, slots};
  }

  private int samples(SourceFacts facts) {
    return preparation.samplesOf(facts.slices(), facts.height(), facts.width());
  }

  private void cut(
      String split, List<SourceFacts> own, long[][] keys, ToLongFunction<SourceFacts> sampleBytes) {
    long filled = Long.MAX_VALUE;
    for (long slot : keys[1]) {
      SourceFacts facts = own.get((int) (slot >>> 32));
      long bytes = sampleBytes.applyAsLong(facts);
      if (filled > request.shardBytes() - bytes) {
        shardStarts.add(rank);
        shardSplits.add(split);
        filled = 0;
      }
      filled += bytes;
      ranks[facts.index()][(int) slot] = rank++;
    }
  }
}
