package dev.sinter.dataset.source.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncapsulatedPixelsTest {
  private static final String RLE = "1.2.840.10008.1.2.5";

  /** One 8-bit frame of 2 x 2 pixels in a single literal run. */
  private static byte[] runLength(int... pixels) {
    ByteBuffer frame = ByteBuffer.allocate(70).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(1).putInt(64).position(64);
    frame.put((byte) (pixels.length - 1));
    for (int pixel : pixels) {
      frame.put((byte) pixel);
    }
    return frame.array();
  }

  private static DicomWriter image(int frames) {
    return DicomWriter.image(Encoding.EXPLICIT_LITTLE, 2, 2, 8)
        .text(Tags.NUMBER_OF_FRAMES, Vr.IS, Integer.toString(frames));
  }

  private static byte[] stored(DicomWriter writer) {
    return DicomReader.image("x", writer.file(RLE)).stored();
  }

  private static byte[] first(byte[] frame) {
    return Arrays.copyOf(frame, 66);
  }

  private static byte[] rest(byte[] frame) {
    return Arrays.copyOfRange(frame, 66, frame.length);
  }

  @Test
  void readsOnePictureInEverySyntax() {
    for (DicomSeeds.Seed seed : DicomSeeds.seeds()) {
      DicomImage image = DicomReader.image(seed.name(), seed.file());
      assertThat(image.stored()).as(seed.name()).isEqualTo(seed.stored());
    }
  }

  @Test
  void readsOneFragmentForEachFrame() {
    assertThat(stored(image(2).fragments(new int[0], runLength(1, 2, 3, 4), runLength(5, 6, 7, 8))))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void readsAFrameOfSeveralFragments() {
    byte[] frame = runLength(1, 2, 3, 4);

    assertThat(stored(image(1).fragments(new int[0], first(frame), rest(frame))))
        .containsExactly(1, 2, 3, 4);
  }

  @Test
  void readsFramesOfSeveralFragmentsByTheirOffsets() {
    byte[] a = runLength(1, 2, 3, 4);
    byte[] b = runLength(5, 6, 7, 8);
    int[] offsets = {0, 8 + 66 + 8 + 4};

    assertThat(stored(image(2).fragments(offsets, first(a), rest(a), b)))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void readsFramesOfSeveralFragmentsByExtendedOffsets() {
    byte[] a = runLength(1, 2, 3, 4);
    byte[] b = runLength(5, 6, 7, 8);
    ByteBuffer offsets = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    offsets.putLong(0).putLong(8 + 66 + 8 + 4);

    assertThat(
            stored(
                image(2)
                    .bytes(Tags.EXTENDED_OFFSETS, Vr.OV, offsets.array())
                    .fragments(new int[0], first(a), rest(a), b)))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void distrustsOffsetsThatMeetNoFragment() {
    byte[] a = runLength(1, 2, 3, 4);
    byte[] b = runLength(5, 6, 7, 8);

    assertThat(stored(image(2).fragments(new int[] {0, 12345}, a, b)))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThatThrownBy(() -> stored(image(2).fragments(new int[] {0, 7}, first(a), rest(a), b)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("DICOM_FRAMES_MISMATCH"));
  }

  /** Frames of JPEG, JPEG-LS and JPEG 2000 begin with marks of their own. */
  @ParameterizedTest
  @ValueSource(ints = {0xffd8ffe0, 0xffd8fff7, 0xff4fff51, 0x0000000c})
  void findsFramesByTheirMarks(int mark) {
    byte[] begin = ByteBuffer.allocate(8).putInt(mark).array();
    byte[] more = {1, 2};
    DicomWriter writer = image(2).fragments(new int[0], begin, more, begin, more, more);
    DicomFile file = DicomFile.parse(writer.file());
    Element pixels = file.data().find(Tags.PIXELS).orElseThrow();

    assertThat(FrameFragments.split(file.data(), pixels, 2))
        .extracting(java.util.List::size)
        .containsExactly(2, 3);
  }

  @ParameterizedTest
  @CsvSource({"3", "2147483647"})
  void refusesMoreFramesThanFragments(int frames) {
    assertThatThrownBy(() -> stored(image(frames).fragments(new int[0], runLength(1, 2, 3, 4))))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("the pixels have 1 fragments");
  }

  @Test
  void refusesPixelsThatTheFileCutsShort() {
    byte[] whole = image(1).fragments(new int[0], runLength(1, 2, 3, 4)).file(RLE);

    assertThatThrownBy(() -> DicomReader.image("x", Arrays.copyOf(whole, whole.length - 8)))
        .hasMessage("x: the file ends within the encapsulated pixels, after 2 items");
    assertThatThrownBy(() -> DicomReader.image("x", Arrays.copyOf(whole, whole.length - 12)))
        .hasMessageContaining("fragment 1 of the pixels claims 70 bytes");
  }

  /** PS3.5 A.4.11 and A.4.13. */
  @Test
  void readsEncapsulatedAndDeflatedFrames() {
    byte[] a = {1, 2, 3, 4};
    byte[] b = {5, 6, 7, 8};

    byte[] plain = image(2).fragments(new int[0], a, b).file("1.2.840.10008.1.2.1.98");
    byte[] deflated =
        image(2)
            .fragments(new int[0], DicomWriter.deflated(a), DicomWriter.deflated(b))
            .file("1.2.840.10008.1.2.8.1");

    assertThat(DicomReader.image("x", plain).stored()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(DicomReader.image("x", deflated).stored()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.840.10008.1.2.4.201, High-Throughput JPEG 2000, dcm2dcm",
    "1.2.840.10008.1.2.4.102, MPEG, ffmpeg",
    "1.2.840.10008.1.2.4.94, JPIP, archive",
    "1.2.840.10008.1.2.4.110, JPEG XL, gdcmconv",
    "1.2.3.4, not registered, gdcmconv"
  })
  void namesSyntaxesThatAreNotRead(String uid, String title, String remedy) {
    byte[] file = image(1).fragments(new int[0], new byte[8]).file(uid);

    assertThatThrownBy(() -> DicomReader.image("scan.dcm", file))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("TRANSFER_SYNTAX_UNSUPPORTED");
              assertThat(e.getMessage()).startsWith("scan.dcm: ").contains(uid, title);
              assertThat(e.remedy()).contains(remedy);
            });
  }

  @Test
  void refusesPixelsThatAreNotWhatTheSyntaxSays() {
    byte[] encapsulated = image(1).fragments(new int[0], runLength(1, 2, 3, 4)).file();
    byte[] plain = image(1).bytes(Tags.PIXELS, Vr.OB, new byte[4]).file(RLE);

    assertThatThrownBy(() -> DicomReader.image("x", encapsulated))
        .hasMessageContaining("the pixels are encapsulated");
    assertThatThrownBy(() -> DicomReader.image("x", plain))
        .hasMessageContaining("the pixels are not encapsulated");
  }

  /** No small file makes the reader allocate what it claims. */
  @ParameterizedTest
  @ValueSource(
      strings = {RLE, "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"})
  void refusesHugeClaimsOfSmallFiles(String syntax) {
    byte[] file =
        DicomWriter.image(Encoding.EXPLICIT_LITTLE, 65535, 65535, 16)
            .fragments(new int[0], runLength(1, 2, 3, 4))
            .file(syntax);

    assertThatThrownBy(() -> DicomReader.image("x", file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("IMAGE_TOO_LARGE"));
  }

  @Test
  void refusesFramesOfAnotherWidth() {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    jpeg.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xd9});
    byte[] file = image(1).fragments(new int[0], jpeg.toByteArray()).file("1.2.840.10008.1.2.4.50");

    assertThatThrownBy(() -> DicomReader.image("scan.dcm", file))
        .isInstanceOf(SinterException.class)
        .hasMessageStartingWith("scan.dcm: ");
  }
}
