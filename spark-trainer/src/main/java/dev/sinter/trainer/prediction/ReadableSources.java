package dev.sinter.trainer.prediction;

import dev.sinter.dataset.Sample;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;

/**
 * Some files of a collection, read one at a time; those that are damaged are left out and noted.
 */
final class ReadableSources implements Iterator<SourceCollection.Source> {
  private final SourceCollection sources;
  private final Configuration hadoop;
  private final Iterator<Integer> indices;
  private final List<PredictedFile> rejected = new ArrayList<>();
  private SourceCollection.Source next;

  ReadableSources(SourceCollection sources, Configuration hadoop, Iterator<Integer> indices) {
    this.sources = sources;
    this.hadoop = hadoop;
    this.indices = indices;
  }

  @Override
  public boolean hasNext() {
    while (next == null && indices.hasNext()) {
      SourceCollection.Item item = sources.items().get(indices.next());
      try {
        next = sources.read(hadoop, item);
        next.unreadable()
            .forEach(
                row -> rejected.add(PredictedFile.rejected(row.name(), row.code(), row.message())));
      } catch (SinterException e) {
        if (e.category() != ErrorCategory.DATA) {
          throw e;
        }
        rejected.add(PredictedFile.rejected(item.relative(), e.code(), e.getMessage()));
      }
    }
    return next != null;
  }

  @Override
  public SourceCollection.Source next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more files");
    }
    SourceCollection.Source source = next;
    next = null;
    return source;
  }

  /** Samples of all that remains, one file in memory at a time. */
  Iterator<Sample> samples() {
    return new Iterator<>() {
      private Iterator<Sample> current = List.<Sample>of().iterator();

      @Override
      public boolean hasNext() {
        while (!current.hasNext() && ReadableSources.this.hasNext()) {
          current = ReadableSources.this.next().samples().iterator();
        }
        return current.hasNext();
      }

      @Override
      public Sample next() {
        if (!hasNext()) {
          throw new NoSuchElementException("no more samples");
        }
        return current.next();
      }
    };
  }

  /** Files that could not be read so far. */
  List<PredictedFile> rejected() {
    return rejected;
  }
}
