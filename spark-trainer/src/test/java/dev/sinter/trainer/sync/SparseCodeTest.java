package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SparseCodeTest {
  private static final float UNIT = 0.37f;

  private record Element(int position, float value) {}

  @Property
  void aReaderSeesWhatTheWriterTakesFor(
      @ForAll SparseCode code,
      @ForAll long seed,
      @ForAll @IntRange(max = 2000) int count,
      @ForAll @DoubleRange(min = 1, max = 1e6) double meanDistance) {
    SparseElements elements = random(seed, count, meanDistance);
    List<Element> before = list(elements);
    ByteBuffer message = write(code, elements);
    List<Element> read = new ArrayList<>();

    code.read(message, (position, value) -> read.add(new Element(position, value)));

    assertThat(message.remaining()).isZero();
    assertThat(read).isEqualTo(list(elements));
    for (int i = 0; i < before.size(); i++) {
      float was = before.get(i).value();
      float left = was - read.get(i).value();
      assertThat(read.get(i).position()).isEqualTo(before.get(i).position());
      if (code == SparseCode.ROUNDED) {
        assertThat(Math.abs(left)).isLessThanOrEqualTo(Math.abs(was) / 256);
      } else if (Math.abs(was) < 256 * UNIT) {
        assertThat(Math.abs(left)).isLessThan(UNIT * 1.0001f);
        assertThat(Math.signum(read.get(i).value())).isEqualTo(Math.signum(was));
      } else {
        assertThat(Math.abs(read.get(i).value())).isEqualTo(256 * UNIT);
      }
    }
  }

  @Test
  void reachesTheLastPosition() {
    SparseElements elements = new SparseElements();
    elements.add(0, UNIT);
    elements.add(Integer.MAX_VALUE - 1, -2 * UNIT);
    List<Element> read = new ArrayList<>();
    SparseCode.MULTIPLES.read(
        write(SparseCode.MULTIPLES, elements),
        (position, value) -> read.add(new Element(position, value)));
    assertThat(read)
        .containsExactly(new Element(0, UNIT), new Element(Integer.MAX_VALUE - 1, -2 * UNIT));
  }

  /** One in two hundred, as by default: about two bytes, four with a value. */
  @Test
  void takesFewBytes() {
    assertThat(write(SparseCode.MULTIPLES, random(1, 10_000, 200)).remaining() / 1e4).isLessThan(3);
    assertThat(write(SparseCode.ROUNDED, random(1, 10_000, 200)).remaining() / 1e4).isLessThan(4);
  }

  @Property
  void keepsTheLargest(
      @ForAll long seed,
      @ForAll @IntRange(max = 300) int count,
      @ForAll @IntRange(min = 1, max = 400) int wanted,
      @ForAll @IntRange(min = 1, max = 1000) int differentValues) {
    SparseElements elements = new SparseElements();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      elements.add(3 * i, random.nextInt(-differentValues, differentValues + 1));
    }
    List<Element> expected = list(elements);
    expected.sort(Comparator.comparing(element -> -Math.abs(element.value())));
    expected = new ArrayList<>(expected.subList(0, Math.min(count, wanted)));
    expected.sort(Comparator.comparing(Element::position));
    elements.keepLargest(wanted);
    assertThat(list(elements)).isEqualTo(expected);
  }

  private static SparseElements random(long seed, int count, double meanDistance) {
    SplittableRandom random = new SplittableRandom(seed);
    SparseElements elements = new SparseElements();
    int position = -1;
    for (int i = 0; i < count; i++) {
      position += 1 + (int) (random.nextExponential() * (meanDistance - 1));
      float value = UNIT * (float) (1 + 2 * random.nextExponential() * random.nextExponential());
      elements.add(position, random.nextBoolean() ? value : -value);
    }
    return elements;
  }

  private static ByteBuffer write(SparseCode code, SparseElements elements) {
    int most = SparseCode.HEADER_BYTES + elements.count() * SparseCode.ELEMENT_BYTES;
    ByteBuffer message = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    code.write(elements, UNIT, message);
    return message.flip();
  }

  private static List<Element> list(SparseElements elements) {
    List<Element> list = new ArrayList<>();
    for (int i = 0; i < elements.count(); i++) {
      list.add(new Element(elements.position(i), elements.value(i)));
    }
    return list;
  }
}
