package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ItemIndexTest {
  private static ItemIndex over(String... relative) {
    List<FileListing.Item> items =
        Stream.of(relative).sorted().map(r -> new FileListing.Item("in", r, 1, 1)).toList();
    return new ItemIndex(items);
  }

  @Test
  void cutsKnownExtensionsOnly() {
    assertThat(over("1.2.3.4").find("1.2.3.6")).isEqualTo(ItemIndex.MISSING);
    assertThat(over("1.2.3.4").find("1.2.3")).isEqualTo(ItemIndex.MISSING);
    assertThat(over("1.2.3.4.dcm").find("1.2.3.6")).isEqualTo(ItemIndex.MISSING);
    assertThat(over("1.2.3.4.dcm", "1.2.3.6.dcm").find("1.2.3.6")).isEqualTo(1);
    assertThat(over("a/1.2.3.4.nii.gz").find("1.2.3.4")).isZero();
    assertThat(over("a/scan.PNG").find("a/scan.jpg")).isZero();
    assertThat(over("a/007.png").find("7")).isZero();
  }
}
