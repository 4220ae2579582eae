package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExamplePickerTest {
  private static Example slice(int volume, int slice, int foreground) {
    byte[] mask = new byte[4];
    for (int i = 0; i < foreground; i++) {
      mask[i] = 1;
    }
    String name = "volume-" + volume;
    return new Example(
        name + "-" + slice, name, 1, 2, 2, new byte[4], -1, -1, 0.5, mask, new byte[4]);
  }

  private static ExamplePicker pick(List<Example> examples) {
    ExamplePicker picker = new ExamplePicker(3);
    for (Example example : examples) {
      ExamplePicker.Rank rank = new ExamplePicker.Rank(0, example.volume());
      if (picker.wants(rank)) {
        picker.offer(rank, example);
      }
    }
    return picker;
  }

  @Test
  void picksTheSameHoweverSamplesWereDivided() {
    List<Example> all = new ArrayList<>();
    for (int volume = 0; volume < 9; volume++) {
      for (int slice = 0; slice < 4; slice++) {
        all.add(slice(volume, slice, (slice + volume) % 3));
      }
    }
    Random random = new Random(4);
    for (int parts = 1; parts <= 6; parts++) {
      Collections.shuffle(all, random);
      ExamplePicker merged = new ExamplePicker(3);
      for (int part = 0; part < parts; part++) {
        merged.merge(pick(all.subList(all.size() * part / parts, all.size() * (part + 1) / parts)));
      }
      assertThat(merged.examples())
          .as("%d parts", parts)
          .extracting(Example::id)
          .containsExactly("volume-0-2", "volume-1-1", "volume-2-0");
    }
  }

  @Test
  void keepsTheSmallestOrders() {
    ExamplePicker picker = new ExamplePicker(2);
    picker.offer(new ExamplePicker.Rank(-0.5, "a"), slice(0, 0, 0));
    picker.offer(new ExamplePicker.Rank(-0.9, "b"), slice(1, 0, 0));
    assertThat(picker.wants(new ExamplePicker.Rank(-0.4, "c"))).isFalse();
    picker.offer(new ExamplePicker.Rank(-0.7, "d"), slice(2, 0, 0));
    assertThat(picker.examples())
        .extracting(Example::id)
        .containsExactly("volume-1-0", "volume-2-0");
  }
}
