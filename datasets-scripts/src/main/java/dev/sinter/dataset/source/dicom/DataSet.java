package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.dicom.Element.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The elements of a data set or of an item, and their values when asked for. */
final class DataSet {
  /** DS and IS, PS3.5 section 6.2. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  private final byte[] content;
  private final Map<Integer, Element> elements;

  DataSet(byte[] content, Map<Integer, Element> elements) {
    this.content = content;
    this.elements = elements;
  }

  byte[] content() {
    return content;
  }

  Optional<Element> find(int tag) {
    return Optional.ofNullable(elements.get(tag));
  }

  boolean has(int tag) {
    return elements.containsKey(tag);
  }

  boolean isEmpty() {
    return elements.isEmpty();
  }

  Iterable<Element> elements() {
    return elements.values();
  }

  /** The text without padding; empty when there is none. */
  String text(int tag) {
    Element element = elements.get(tag);
    if (element == null || element.isUndefinedLength()) {
      return "";
    }
    int end = element.offset() + element.length();
    int start = element.offset();
    while (end > start && (content[end - 1] == 0 || content[end - 1] == ' ')) {
      end--;
    }
    while (start < end && (content[start] == ' ' || content[start] == 0)) {
      start++;
    }
    return new String(content, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** The first of several texts. */
  String firstText(int tag) {
    String text = text(tag);
    int end = text.indexOf('\\');
    return end < 0 ? text : text.substring(0, end).strip();
  }

  /** The first number of an attribute; empty when it is absent or has no value. */
  OptionalInt integer(String name, int tag) {
    double[] numbers = numbers(name, tag);
    if (numbers.length == 0) {
      return OptionalInt.empty();
    }
    if (numbers[0] != Math.rint(numbers[0]) || Math.abs(numbers[0]) > Integer.MAX_VALUE) {
      throw DicomErrors.attribute(name, tag, "is " + numbers[0]);
    }
    return OptionalInt.of((int) numbers[0]);
  }

  /**
   * The numbers of an attribute, none when it cannot be read: for facts that pixels do not need.
   */
  double[] numbersIfAny(int tag) {
    try {
      return numbers("", tag);
    } catch (dev.sinter.error.SinterException e) {
      return new double[0];
    }
  }

  /** The numbers of an attribute, text or binary; none when it is absent. */
  double[] numbers(String name, int tag) {
    Element element = elements.get(tag);
    if (element == null || element.length() <= 0) {
      return new double[0];
    }
    int width = element.effectiveVr().numberBytes();
    if (width == 0) {
      return decimalStrings(name, tag);
    }
    double[] numbers = new double[element.length() / width];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(element, element.offset() + i * width);
    }
    return numbers;
  }

  private double[] decimalStrings(String name, int tag) {
    String text = text(tag);
    if (text.isEmpty()) {
      return new double[0];
    }
    String[] parts = text.split("\\\\", -1);
    double[] numbers = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i].strip();
      if (part.length() > 64 || !NUMBER.matcher(part).matches()) {
        throw DicomErrors.attribute(name, tag, "is no number");
      }
      numbers[i] = Double.parseDouble(part);
    }
    return numbers;
  }

  private double number(Element element, int at) {
    Encoding encoding = element.encoding();
    return switch (element.effectiveVr()) {
      case US, OW -> encoding.unsigned16(content, at);
      case SS -> (short) encoding.unsigned16(content, at);
      case UL, OL -> encoding.unsigned32(content, at);
      case SL -> encoding.signed32(content, at);
      case FL, OF -> Float.intBitsToFloat(encoding.signed32(content, at));
      case FD, OD -> Double.longBitsToDouble(encoding.signed64(content, at));
      case SV, UV, OV -> encoding.signed64(content, at);
      default -> content[at] & 0xff;
    };
  }

  /** The items of a sequence, parsed now; none when it is absent. */
  List<DataSet> items(int tag) {
    Element element = elements.get(tag);
    if (element == null || !(element.effectiveVr() == Vr.SQ || element.isUndefinedLength())) {
      return List.of();
    }
    Encoding encoding = DataSetParser.itemEncoding(content, element);
    List<Span> spans =
        element.isUndefinedLength() ? element.parts() : DataSetParser.items(content, element);
    List<DataSet> items = new ArrayList<>(spans.size());
    for (Span span : spans) {
      items.add(DataSetParser.parse(content, span.offset(), span.end(), encoding));
    }
    return items;
  }

  /** The first item of a sequence that should have one. */
  Optional<DataSet> item(int tag) {
    List<DataSet> items = items(tag);
    return items.isEmpty() ? Optional.empty() : Optional.of(items.get(0));
  }
}
