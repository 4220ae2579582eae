package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.junit.jupiter.api.Test;

class InputShapeTest {
  @Test
  void isOneOfFourKinds() {
    assertThat(InputShape.row(7).kind()).isEqualTo(InputShape.Kind.ROW);
    assertThat(InputShape.sequence(7, 5).kind()).isEqualTo(InputShape.Kind.SEQUENCE);
    assertThat(InputShape.image(3, 4, 5).kind()).isEqualTo(InputShape.Kind.IMAGE);
    assertThat(InputShape.volume(1, 2, 3, 4).kind()).isEqualTo(InputShape.Kind.VOLUME);
  }

  @Test
  void namesItsDimensions() {
    InputShape volume = InputShape.volume(1, 2, 3, 4);
    assertThat(volume.channels()).isEqualTo(1);
    assertThat(volume.depth()).isEqualTo(2);
    assertThat(volume.height()).isEqualTo(3);
    assertThat(volume.width()).isEqualTo(4);
    assertThat(volume.positions()).containsExactly(2, 3, 4);
    assertThat(volume).hasToString("1x2x3x4");
    assertThat(InputShape.image(3, 4, 5).height()).isEqualTo(4);
    assertThat(InputShape.image(3, 4, 5).width()).isEqualTo(5);
    assertThat(InputShape.sequence(7, 5).steps()).isEqualTo(5);
    assertThatThrownBy(() -> InputShape.row(7).height())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("rows (7) have no height");
    assertThatThrownBy(() -> InputShape.image(1, 2, 3).depth())
        .hasMessage("images (1x2x3) have no depth");
  }

  @Test
  void isDl4jsInputType() {
    assertThat(InputShape.row(7).inputType()).isEqualTo(InputType.feedForward(7));
    assertThat(InputShape.sequence(7, 5).inputType()).isEqualTo(InputType.recurrent(7, 5));
    assertThat(InputShape.image(3, 4, 5).inputType()).isEqualTo(InputType.convolutional(4, 5, 3));
    assertThat(InputShape.volume(1, 2, 3, 4).inputType())
        .isEqualTo(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 3, 4, 1));
  }

  @Test
  void hasOneToFourDimensions() {
    assertThatThrownBy(() -> new InputShape(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a sample has 1 to 4 dimensions, not []");
    assertThatThrownBy(() -> new InputShape(List.of(1, 2, 3, 4, 5)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
