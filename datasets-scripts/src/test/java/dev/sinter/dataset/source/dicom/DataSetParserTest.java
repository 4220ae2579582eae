package dev.sinter.dataset.source.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSetParserTest {
  private static final int PRIVATE = 0x00291010;

  private static DicomWriter item(Encoding encoding, int rows) {
    return new DicomWriter(encoding).number(Tags.ROWS, rows);
  }

  private static String code(Runnable reading) {
    try {
      reading.run();
      return "none";
    } catch (SinterException e) {
      return e.code();
    }
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void readsValuesInEveryEncoding(Encoding encoding) {
    byte[] content =
        new DicomWriter(encoding)
            .text(Tags.MODALITY, Vr.CS, "CT")
            .text(Tags.IMAGE_POSITION, Vr.DS, "-1.5\\2e1\\ 3 ")
            .number(Tags.ROWS, 513)
            .sequence(Tags.PIXEL_MEASURES, 0, item(encoding, 7), item(encoding, 8))
            .sequence(Tags.PLANE_POSITION, Element.UNDEFINED, item(encoding, 9))
            .file();

    DataSet data = DicomFile.parse(content).data();

    assertThat(data.text(Tags.MODALITY)).isEqualTo("CT");
    assertThat(data.numbers("", Tags.IMAGE_POSITION)).containsExactly(-1.5, 20, 3);
    assertThat(data.integer("", Tags.ROWS)).hasValue(513);
    assertThat(data.items(Tags.PIXEL_MEASURES))
        .extracting(measured -> measured.integer("", Tags.ROWS).getAsInt())
        .containsExactly(7, 8);
    assertThat(data.item(Tags.PLANE_POSITION).orElseThrow().integer("", Tags.ROWS)).hasValue(9);
  }

  @Test
  void readsDeflatedDataSets() {
    byte[] content = DicomWriter.explicit().number(Tags.ROWS, 5).file("1.2.840.10008.1.2.1.99");

    assertThat(DicomFile.parse(content).data().integer("", Tags.ROWS)).hasValue(5);
  }

  @Test
  void refusesDataThatDeflateTooWell() {
    byte[] content =
        DicomWriter.explicit()
            .bytes(PRIVATE, Vr.OB, new byte[Deflate.ALWAYS_ALLOWED + 1])
            .file("1.2.840.10008.1.2.1.99");

    assertThat(code(() -> DicomFile.parse(content))).isEqualTo("IMAGE_TOO_LARGE");
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void readsDataSetsWithoutAnyHeader(Encoding encoding) {
    byte[] content =
        new DicomWriter(encoding).text(Tags.MODALITY, Vr.CS, "MR").number(Tags.ROWS, 3).data();

    assertThat(DicomReader.matches(content)).isTrue();
    DicomFile file = DicomFile.parse(content);
    assertThat(file.encoding()).isEqualTo(encoding);
    assertThat(file.data().integer("", Tags.ROWS)).hasValue(3);
    assertThat(file.notes()).hasSize(2);
  }

  @Test
  void readsWhatIsWrittenNotWhatIsNamed() {
    byte[] content =
        DicomWriter.explicit().text(Tags.MODALITY, Vr.CS, "MR").file("1.2.840.10008.1.2");

    DicomFile file = DicomFile.parse(content);

    assertThat(file.data().text(Tags.MODALITY)).isEqualTo("MR");
    assertThat(file.notes()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "not an image at all", "\b\0\0\0 hello, this is some text", "II*\0\0\0"})
  void doesNotTakeOtherFilesForDicom(String text) {
    byte[] content = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

    assertThat(DicomReader.matches(content)).isFalse();
    assertThat(code(() -> DicomFile.parse(content))).isEqualTo("DICOM_INVALID");
  }

  /** PS3.5 6.2.2: within UN, elements are implicit; some writers do not know that. */
  @ParameterizedTest
  @EnumSource(
      value = Encoding.class,
      names = {"IMPLICIT_LITTLE", "EXPLICIT_LITTLE"})
  void readsSequencesOfUnknownRepresentation(Encoding inner) {
    DicomWriter writer = DicomWriter.explicit();
    writer.header(Tags.PIXEL_MEASURES, Vr.UN, -1);
    DicomWriter item = item(inner, 11);
    writer
        .raw(writer.tagAndLength(Tags.ITEM, item.data().length))
        .raw(item.data())
        .raw(writer.tagAndLength(Tags.SEQUENCE_END, 0))
        .number(Tags.COLUMNS, 4);

    DataSet data = DicomFile.parse(writer.file()).data();

    assertThat(data.item(Tags.PIXEL_MEASURES).orElseThrow().integer("", Tags.ROWS)).hasValue(11);
    assertThat(data.integer("", Tags.COLUMNS)).hasValue(4);
  }

  @Test
  void skipsPrivateSequencesThatCannotBeRead() {
    byte[] content =
        DicomWriter.explicit()
            .bytes(PRIVATE, Vr.SQ, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
            .number(Tags.COLUMNS, 4)
            .file();

    assertThat(DicomFile.parse(content).data().integer("", Tags.COLUMNS)).hasValue(4);
  }

  @Test
  void readsElementsWithoutRepresentationAmongExplicitOnes() {
    byte[] implicit = new DicomWriter(Encoding.IMPLICIT_LITTLE).number(Tags.ROWS, 6).data();
    byte[] content =
        DicomWriter.explicit()
            .text(Tags.MODALITY, Vr.CS, "MR")
            .raw(implicit)
            .number(Tags.COLUMNS, 4)
            .file();

    DataSet data = DicomFile.parse(content).data();

    assertThat(data.integer("", Tags.ROWS)).hasValue(6);
    assertThat(data.integer("", Tags.COLUMNS)).hasValue(4);
  }

  /** Representations of later editions have the long form, PS3.5 7.1.2. */
  @Test
  void skipsRepresentationsOfLaterEditions() {
    ByteBuffer unknown = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    unknown.putShort((short) 0x0029).putShort((short) 0x1011).put((byte) 'Z').put((byte) 'Z');
    unknown.putShort((short) 0).putInt(4).putInt(99);
    byte[] content = DicomWriter.explicit().raw(unknown.array()).number(Tags.COLUMNS, 4).file();

    assertThat(DicomFile.parse(content).data().integer("", Tags.COLUMNS)).hasValue(4);
  }

  @Test
  void refusesSequencesWithinSequencesBeyondAnyUse() {
    DicomWriter writer = DicomWriter.explicit();
    for (int i = 0; i < 100_000; i++) {
      writer.header(Tags.PIXEL_MEASURES, Vr.SQ, -1);
      writer.raw(writer.tagAndLength(Tags.ITEM, -1));
    }

    assertThat(code(() -> DicomFile.parse(writer.file()))).isEqualTo("DICOM_INVALID");
  }

  @Test
  void readsAsDeepAsItSays() {
    DicomWriter inner = DicomWriter.explicit().number(Tags.ROWS, 1);
    for (int i = 0; i < DataSetParser.DEEPEST; i++) {
      inner = DicomWriter.explicit().sequence(Tags.PIXEL_MEASURES, Element.UNDEFINED, inner);
    }

    assertThat(DicomFile.parse(inner.file()).data().has(Tags.PIXEL_MEASURES)).isTrue();
  }

  @Test
  void forgivesWhatFollowsThePixels() {
    byte[] image =
        DicomWriter.image(Encoding.EXPLICIT_LITTLE, 1, 2, 8)
            .bytes(Tags.PIXELS, Vr.OW, new byte[] {1, 2})
            .raw(new byte[] {(byte) 0xfc, (byte) 0xff, (byte) 0xfc, (byte) 0xff, 'O', 'B', 0, 0})
            .raw(new byte[] {0, 0, 0, 127, 1})
            .file();

    assertThat(DicomReader.image("x", image).stored()).containsExactly(1, 2);
  }

  @Test
  void namesEveryCutWithACode() {
    byte[] whole =
        DicomWriter.image(Encoding.EXPLICIT_LITTLE, 4, 4, 8)
            .sequence(Tags.PIXEL_MEASURES, Element.UNDEFINED, item(Encoding.EXPLICIT_LITTLE, 9))
            .bytes(Tags.PIXELS, Vr.OW, new byte[16])
            .file();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThat(code(() -> DicomReader.source("x", cut)))
          .as("%d bytes", length)
          .isIn(
              List.of(
                  "DICOM_TRUNCATED",
                  "DICOM_INVALID",
                  "DICOM_NO_PIXELS",
                  "DICOM_ATTRIBUTE_INVALID"));
    }
    assertThat(code(() -> DicomReader.source("x", whole))).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1A", "NaN", "0x10", "1d", "", "--1", "1,5"})
  void readsOnlyNumbersAsNumbers(String text) {
    DataSet data =
        DicomFile.parse(DicomWriter.explicit().text(Tags.NUMBER_OF_FRAMES, Vr.IS, text).file())
            .data();

    if (text.isEmpty()) {
      assertThat(data.integer("frames", Tags.NUMBER_OF_FRAMES)).isEmpty();
    } else {
      assertThatThrownBy(() -> data.integer("frames", Tags.NUMBER_OF_FRAMES))
          .isInstanceOf(SinterException.class)
          .hasMessage("frames (0028,0008) is no number");
    }
  }
}
