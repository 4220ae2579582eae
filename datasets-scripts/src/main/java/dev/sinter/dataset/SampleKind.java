package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What one sample of a dataset is. */
public enum SampleKind {
  /** A 2-D image as it lies in its file. */
  @JsonProperty("image")
  IMAGE,
  /** One slice of a volume, with its neighbours as further channels where asked for. */
  @JsonProperty("slice")
  SLICE,
  /** A whole volume, fitted to one size. */
  @JsonProperty("volume")
  VOLUME,
  /** A block of a volume; blocks of one size cover it. */
  @JsonProperty("patch")
  PATCH,
  /** The slices or frames of a volume, one after the other: a network sees one per step. */
  @JsonProperty("sequence")
  SEQUENCE,
  /** A row of a table. */
  @JsonProperty("row")
  ROW;

  /** The word in configurations and files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All words. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(SampleKind::key).toList();
  }

  /** The kind of a word. */
  public static Optional<SampleKind> byKey(String key) {
    return Arrays.stream(values()).filter(kind -> kind.key().equals(key)).findFirst();
  }

  /** Whether a sample has a third axis: slices of a volume, or frames. */
  public boolean isDeep() {
    return this == VOLUME || this == PATCH || this == SEQUENCE;
  }

  /** Whether a source gives several samples, which are told apart by a number. */
  boolean isPartOfSource() {
    return this == SLICE || this == PATCH;
  }
}
