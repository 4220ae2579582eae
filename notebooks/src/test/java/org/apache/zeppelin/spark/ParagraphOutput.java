package org.apache.zeppelin.spark;

import java.io.IOException;
import java.io.OutputStream;

/** What the shell prints goes to the paragraph that runs, and to nobody between paragraphs. */
final class ParagraphOutput extends OutputStream {
  private volatile OutputStream target = OutputStream.nullOutputStream();

  void to(OutputStream paragraph) {
    target = paragraph;
  }

  void toNobody() {
    target = OutputStream.nullOutputStream();
  }

  @Override
  public void write(int value) throws IOException {
    target.write(value);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    target.write(bytes, from, length);
  }

  @Override
  public void flush() throws IOException {
    target.flush();
  }
}
