package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.codec.DecodedFrame;
import dev.sinter.dataset.source.codec.FrameCodec;
import dev.sinter.dataset.source.codec.FrameCodecs;
import dev.sinter.dataset.source.codec.Limits;
import dev.sinter.dataset.source.codec.StreamColor;
import dev.sinter.dataset.source.dicom.Element.Span;
import dev.sinter.dataset.source.dicom.TransferSyntax.Pixels;
import java.util.List;

/** Compressed pixels, PS3.5 section 8.2 and annex A.4, frame by frame. */
final class EncapsulatedPixels {
  private final DicomFile file;
  private final PixelFormat format;
  private final Pixels compression;
  private Photometric photometric;

  private EncapsulatedPixels(DicomFile file, PixelFormat format) {
    this.file = file;
    this.format = format;
    this.compression = file.syntax().pixels();
    this.photometric = format.photometric();
  }

  /** All frames; refuses a claim that the file is far too short for before anything is decoded. */
  static StoredPixels read(DicomFile file, Element pixels, PixelFormat format) {
    return new EncapsulatedPixels(file, format).read(pixels);
  }

  private StoredPixels read(Element pixels) {
    List<List<Span>> frames = FrameFragments.split(file.data(), pixels, format.frames());
    PixelBound.require(format, file.data().content().length);
    int frameBytes = Math.toIntExact(format.frameSamples() * format.sampleBytes());
    byte[] all = null;
    for (int frame = 0; frame < frames.size(); frame++) {
      byte[] values = values(frames.get(frame), frame);
      if (frames.size() == 1) {
        return new StoredPixels(format, photometric, values);
      }
      if (all == null) {
        all = new byte[frameBytes * frames.size()];
      }
      System.arraycopy(values, 0, all, frame * frameBytes, frameBytes);
    }
    return new StoredPixels(format, photometric, all);
  }

  private byte[] values(List<Span> spans, int frame) {
    byte[] content = file.data().content();
    int offset = spans.get(0).offset();
    int length = spans.get(0).length();
    if (spans.size() > 1) {
      content = joined(content, spans);
      offset = 0;
      length = content.length;
    }
    return switch (compression) {
      case ENCAPSULATED_NATIVE -> nativeFrame(content, offset, length);
      case DEFLATED_FRAMES -> {
        byte[] inflated = Deflate.inflate(content, offset, length);
        yield nativeFrame(inflated, 0, inflated.length);
      }
      default -> decoded(content, offset, length, frame);
    };
  }

  private static byte[] joined(byte[] content, List<Span> spans) {
    int length = 0;
    for (Span span : spans) {
      length += span.length();
    }
    byte[] all = new byte[length];
    int at = 0;
    for (Span span : spans) {
      System.arraycopy(content, span.offset(), all, at, span.length());
      at += span.length();
    }
    return all;
  }

  private byte[] nativeFrame(byte[] content, int offset, int length) {
    return NativePixels.read(content, offset, length, format.withFrames(1), false, false);
  }

  private byte[] decoded(byte[] content, int offset, int length, int frame) {
    DecodedFrame decoded =
        codec().decode(content, offset, length, new Limits(format.frameSamples()));
    if (decoded.rows() != format.rows()
        || decoded.columns() != format.columns()
        || decoded.samplesPerPixel() != format.samples()) {
      throw DicomErrors.frames(
          String.format(
              "frame %d holds %d x %d pixels of %d samples, the data set says %d x %d of %d",
              frame + 1,
              decoded.rows(),
              decoded.columns(),
              decoded.samplesPerPixel(),
              format.rows(),
              format.columns(),
              format.samples()));
    }
    if (decoded.bytesPerSample() > format.sampleBytes()) {
      throw DicomErrors.frames(
          String.format(
              "frame %d holds samples of %d bits, Bits Allocated (0028,0100) is %d",
              frame + 1, decoded.bitsPerSample(), format.bitsAllocated()));
    }
    boolean transformUndone = compression == Pixels.JPEG_2000 && decoded.color() == StreamColor.RGB;
    boolean ybrOfJpeg2000 =
        photometric == Photometric.YBR_ICT || photometric == Photometric.YBR_RCT;
    if (format.samples() == 3 && (transformUndone || ybrOfJpeg2000)) {
      photometric = Photometric.RGB;
    }
    return widened(decoded);
  }

  private FrameCodec codec() {
    return switch (compression) {
      case RLE ->
          FrameCodecs.rle(
              format.rows(), format.columns(), format.samples(), format.bitsAllocated());
      case JPEG -> FrameCodecs.jpeg();
      case JPEG_LS -> FrameCodecs.jpegLs();
      case JPEG_2000 -> FrameCodecs.jpeg2000();
      default -> throw file.syntax().unsupported();
    };
  }

  /**
   * To the width of the data set's samples. JPEG 2000 alone has a sign of its own; where the data
   * set says signed and the stream does not, the stream's highest bit is the sign.
   */
  private byte[] widened(DecodedFrame decoded) {
    int from = decoded.bytesPerSample();
    int to = format.sampleBytes();
    boolean extend =
        compression == Pixels.JPEG_2000
            && format.signed()
            && !decoded.signed()
            && decoded.bitsPerSample() < 8 * to;
    if (from == to && !extend) {
      return decoded.samples();
    }
    int shift = 32 - (extend ? decoded.bitsPerSample() : 8 * from);
    boolean arithmetic = extend || decoded.signed();
    int count = Math.toIntExact(format.frameSamples());
    byte[] values = new byte[count * to];
    for (int i = 0; i < count; i++) {
      int value = 0;
      for (int b = 0; b < from; b++) {
        value |= (decoded.samples()[i * from + b] & 0xff) << (8 * b);
      }
      value = arithmetic ? value << shift >> shift : value << shift >>> shift;
      for (int b = 0; b < to; b++) {
        values[i * to + b] = (byte) (value >> (8 * b));
      }
    }
    return values;
  }
}
