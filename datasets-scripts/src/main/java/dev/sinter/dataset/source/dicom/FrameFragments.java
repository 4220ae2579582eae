package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.dicom.Element.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which fragments make which frame, PS3.5 section A.4: by the offset tables where they are right,
 * else one fragment for each frame, else by the marks with which a compressed frame begins.
 */
final class FrameFragments {
  private final byte[] content;
  private final List<Span> table;
  private final List<Span> fragments;

  private FrameFragments(byte[] content, List<Span> items) {
    this.content = content;
    this.table = items.subList(0, Math.min(1, items.size()));
    this.fragments = items.subList(table.size(), items.size());
  }

  /** The fragments of each frame; never an empty list for one. */
  static List<List<Span>> split(DataSet data, Element pixels, int frames) {
    FrameFragments all = new FrameFragments(data.content(), pixels.parts());
    if (all.fragments.size() < frames) {
      throw DicomErrors.frames(
          "Number of Frames (0028,0008) is "
              + frames
              + ", the pixels have "
              + all.fragments.size()
              + " fragments");
    }
    if (frames == 1) {
      return List.of(all.fragments);
    }
    return all.byOffsets(all.extendedOffsets(data), frames)
        .or(() -> all.byOffsets(all.basicOffsets(pixels.encoding()), frames))
        .or(() -> all.oneEach(frames))
        .or(() -> all.byMarks(frames))
        .orElseThrow(
            () ->
                DicomErrors.frames(
                    all.fragments.size()
                        + " fragments do not tell where "
                        + frames
                        + " frames begin: no usable offset table (PS3.5 A.4)"));
  }

  private long[] basicOffsets(Encoding encoding) {
    Span span = table.get(0);
    long[] offsets = new long[span.length() / 4];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = encoding.unsigned32(content, span.offset() + 4 * i);
    }
    return offsets;
  }

  /** Extended Offset Table, PS3.3 C.7.6.3.1.8. */
  private long[] extendedOffsets(DataSet data) {
    Optional<Element> element = data.find(Tags.EXTENDED_OFFSETS);
    if (element.isEmpty() || element.get().isUndefinedLength()) {
      return new long[0];
    }
    long[] offsets = new long[element.get().length() / 8];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = element.get().encoding().signed64(content, element.get().offset() + 8 * i);
    }
    return offsets;
  }

  /** Offsets count from the item behind the table and must meet the beginning of an item. */
  private Optional<List<List<Span>>> byOffsets(long[] offsets, int frames) {
    if (offsets.length != frames || offsets[0] != 0) {
      return Optional.empty();
    }
    Map<Long, Integer> beginnings = new HashMap<>();
    int origin = fragments.get(0).offset();
    for (int i = 0; i < fragments.size(); i++) {
      beginnings.put((long) fragments.get(i).offset() - origin, i);
    }
    List<Integer> firsts = new ArrayList<>();
    for (long offset : offsets) {
      Integer first = beginnings.get(offset);
      int last = firsts.isEmpty() ? -1 : firsts.get(firsts.size() - 1);
      if (first == null || first <= last) {
        return Optional.empty();
      }
      firsts.add(first);
    }
    return Optional.of(grouped(firsts));
  }

  private Optional<List<List<Span>>> oneEach(int frames) {
    return fragments.size() == frames
        ? Optional.of(fragments.stream().map(List::of).toList())
        : Optional.empty();
  }

  private Optional<List<List<Span>>> byMarks(int frames) {
    List<Integer> firsts = new ArrayList<>();
    for (int i = 0; i < fragments.size(); i++) {
      if (beginsFrame(fragments.get(i))) {
        firsts.add(i);
      }
    }
    return firsts.size() == frames && firsts.get(0) == 0
        ? Optional.of(grouped(firsts))
        : Optional.empty();
  }

  /** SOI of JPEG and JPEG-LS; SOC and SIZ, or the signature of a JP2 file, of JPEG 2000. */
  private boolean beginsFrame(Span fragment) {
    if (fragment.length() < 4) {
      return false;
    }
    int mark = Encoding.EXPLICIT_BIG.signed32(content, fragment.offset());
    return mark >>> 8 == 0xffd8ff || mark == 0xff4fff51 || mark == 0x0000000c;
  }

  private List<List<Span>> grouped(List<Integer> firsts) {
    List<List<Span>> frames = new ArrayList<>();
    for (int i = 0; i < firsts.size(); i++) {
      int end = i + 1 < firsts.size() ? firsts.get(i + 1) : fragments.size();
      frames.add(fragments.subList(firsts.get(i), end));
    }
    return frames;
  }
}
