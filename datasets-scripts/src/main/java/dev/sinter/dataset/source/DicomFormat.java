package dev.sinter.dataset.source;

import dev.sinter.dataset.source.dicom.DicomReader;
import java.io.IOException;

/** DICOM files, with or without their preamble. */
final class DicomFormat implements SourceFormat {

  @Override
  public boolean matches(byte[] content) {
    return DicomReader.matches(content);
  }

  @Override
  public RawSource read(SourceFile file) throws IOException {
    return DicomReader.source(file.path(), file.content());
  }

  /** Values as stored: a palette gives its indices. */
  @Override
  public RawSource readMask(SourceFile file) throws IOException {
    return DicomReader.storedSource(file.path(), file.content());
  }
}
