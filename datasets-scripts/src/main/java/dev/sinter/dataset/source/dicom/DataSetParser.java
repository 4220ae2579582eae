package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.dicom.Element.Span;
import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the elements of a data set, PS3.5 chapter 7. Values of known length are skipped, whatever
 * they hold; only undefined lengths are walked to their delimiters. Every step moves forward, and
 * sequences may lie in each other only {@link #DEEPEST} times.
 *
 * <p>Departures that real files make and whose meaning is certain are read: an element without a
 * representation among explicit ones, stray delimiters, no delimiter at the end of the file,
 * padding behind the pixels.
 */
final class DataSetParser {
  static final int DEEPEST = 32;
  private static final long UNDEFINED = 0xffffffffL;

  private final byte[] content;
  private int position;

  private DataSetParser(byte[] content, int from) {
    this.content = content;
    this.position = from;
  }

  /** A data set from one byte to another. */
  static DataSet parse(byte[] content, int from, int to, Encoding encoding) {
    Map<Integer, Element> elements = new HashMap<>();
    new DataSetParser(content, from).topLevel(to, encoding, elements);
    return new DataSet(content, elements);
  }

  /** A data set that ends where another group of elements begins; where that is. */
  static int parseGroup(byte[] content, int from, int group, Map<Integer, Element> elements) {
    DataSetParser parser = new DataSetParser(content, from);
    Encoding encoding = Encoding.EXPLICIT_LITTLE;
    while (content.length - parser.position >= 8
        && encoding.unsigned16(content, parser.position) == group) {
      parser.element(content.length, encoding, 0, elements);
    }
    return parser.position;
  }

  /** The items of a sequence of known length. */
  static List<Span> items(byte[] content, Element sequence) {
    DataSetParser parser = new DataSetParser(content, sequence.offset());
    int end = sequence.offset() + sequence.length();
    return parser.items(end, itemEncoding(content, sequence, sequence.offset()), 0);
  }

  /**
   * Within UN, PS3.5 6.2.2 wants implicit elements; some writers keep to explicit ones. The first
   * element of the first item tells them apart.
   */
  private static Encoding itemEncoding(byte[] content, Element sequence, int firstItem) {
    Encoding encoding = sequence.encoding();
    if (sequence.vr() != Vr.UN || !encoding.isExplicit() || content.length - firstItem < 14) {
      return encoding;
    }
    boolean letters = Vr.of(content[firstItem + 12] & 0xff, content[firstItem + 13] & 0xff) != null;
    return letters ? encoding : Encoding.IMPLICIT_LITTLE;
  }

  /** The encoding of the elements within the items of a sequence. */
  static Encoding itemEncoding(byte[] content, Element sequence) {
    return itemEncoding(content, sequence, sequence.offset());
  }

  private void topLevel(int end, Encoding encoding, Map<Integer, Element> elements) {
    while (end - position >= 8) {
      int start = position;
      try {
        element(end, encoding, 0, elements);
      } catch (SinterException e) {
        boolean pixelsAreThere = elements.containsKey(Tags.PIXELS);
        if (pixelsAreThere && start > elements.get(Tags.PIXELS).offset()) {
          return; // what follows the pixels is padding or damage that does not matter
        }
        throw e;
      }
    }
  }

  /** Reads one element and moves behind it. Returns its tag. */
  private int element(int end, Encoding encoding, int depth, Map<Integer, Element> elements) {
    int start = position;
    int tag = encoding.tag(content, position);
    if (tag == Tags.ITEM_END || tag == Tags.SEQUENCE_END) {
      position += 8;
      return tag;
    }
    Vr vr = Vr.UN;
    Encoding valueEncoding = encoding;
    long length;
    if (!encoding.isExplicit()) {
      length = encoding.unsigned32(content, position + 4);
      position += 8;
    } else {
      int first = content[position + 4] & 0xff;
      int second = content[position + 5] & 0xff;
      Vr known = Vr.of(first, second);
      boolean letters = isLetter(first) && isLetter(second);
      if (known == null && !letters) {
        length = encoding.unsigned32(content, position + 4);
        valueEncoding = encoding.isBigEndian() ? encoding : Encoding.IMPLICIT_LITTLE;
        position += 8;
      } else if (known == null || known.hasLongLength()) {
        // Representations of later editions have the long form, PS3.5 7.1.2.
        if (end - position < 12) {
          throw DicomErrors.truncated("the file ends within an element's header");
        }
        vr = known == null ? Vr.UN : known;
        length = encoding.unsigned32(content, position + 8);
        position += 12;
      } else {
        vr = known;
        length = encoding.unsigned16(content, position + 6);
        position += 8;
      }
    }
    if (length == UNDEFINED) {
      elements.putIfAbsent(tag, undefined(tag, vr, valueEncoding, end, depth));
      return tag;
    }
    if (length > end - position) {
      throw DicomErrors.truncated(
          String.format(
              "the element %s at byte %d claims %d bytes, %d are left",
              Tags.text(tag), start, length, end - position));
    }
    elements.putIfAbsent(
        tag, new Element(tag, vr, valueEncoding, position, (int) length, List.of()));
    position += (int) length;
    return tag;
  }

  static boolean isLetter(int character) {
    return character >= 'A' && character <= 'Z';
  }

  private Element undefined(int tag, Vr vr, Encoding encoding, int end, int depth) {
    int offset = position;
    boolean encapsulated =
        switch (vr) {
          case OB, OW, OD, OF, OL, OV -> true;
          default -> tag == Tags.PIXELS;
        };
    Element element = new Element(tag, vr, encoding, offset, Element.UNDEFINED, List.of());
    List<Span> parts =
        encapsulated
            ? fragments(end, encoding)
            : items(end, itemEncoding(content, element, offset), depth);
    return new Element(tag, vr, encoding, offset, Element.UNDEFINED, parts);
  }

  /** Fragments up to the delimiter, PS3.5 A.4: without it, nobody knows how many are missing. */
  private List<Span> fragments(int end, Encoding encoding) {
    List<Span> fragments = new ArrayList<>();
    while (end - position >= 8) {
      int tag = encoding.tag(content, position);
      long length = encoding.unsigned32(content, position + 4);
      position += 8;
      if (tag == Tags.SEQUENCE_END) {
        return fragments;
      }
      if (tag != Tags.ITEM) {
        throw DicomErrors.invalid(
            "at byte " + (position - 8) + " of the encapsulated pixels is no item");
      }
      if (length > end - position) {
        throw DicomErrors.truncated(
            "fragment "
                + fragments.size()
                + " of the pixels claims "
                + length
                + " bytes, "
                + (end - position)
                + " are left");
      }
      fragments.add(new Span(position, (int) length));
      position += (int) length;
    }
    throw DicomErrors.truncated(
        "the file ends within the encapsulated pixels, after " + fragments.size() + " items");
  }

  /** Items up to the delimiter or the end, PS3.5 7.5. */
  private List<Span> items(int end, Encoding encoding, int depth) {
    if (depth >= DEEPEST) {
      throw DicomErrors.invalid("sequences lie in each other more than " + DEEPEST + " times");
    }
    List<Span> items = new ArrayList<>();
    while (end - position >= 8) {
      int tag = encoding.tag(content, position);
      long length = encoding.unsigned32(content, position + 4);
      position += 8;
      if (tag == Tags.SEQUENCE_END) {
        return items;
      }
      if (tag == Tags.ITEM_END) {
        continue;
      }
      if (tag != Tags.ITEM) {
        throw DicomErrors.invalid("at byte " + (position - 8) + " of a sequence is no item");
      }
      int start = position;
      if (length == UNDEFINED) {
        items.add(new Span(start, skipItem(end, encoding, depth + 1) - start));
      } else if (length > end - position) {
        throw DicomErrors.truncated(
            "an item at byte " + start + " claims " + length + " bytes of " + (end - position));
      } else {
        items.add(new Span(start, (int) length));
        position += (int) length;
      }
    }
    return items;
  }

  /** Moves behind the delimiter of an item; where the item's last element ends. */
  private int skipItem(int end, Encoding encoding, int depth) {
    Map<Integer, Element> unused = new HashMap<>();
    while (end - position >= 8) {
      int before = position;
      int tag = encoding.tag(content, position);
      if (tag == Tags.SEQUENCE_END) {
        return before; // an item that its sequence's delimiter ends
      }
      if (element(end, encoding, depth, unused) == Tags.ITEM_END) {
        return before;
      }
    }
    return position;
  }
}
