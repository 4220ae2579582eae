package dev.sinter.trainer;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local file system, {@code halting:/...}, in which the first renames to names that end in a
 * given one do not happen: they fail, or end the process that asks for them.
 */
public final class HaltingFileSystem extends RawLocalFileSystem {
  /** Name of the file that is not made. */
  public static final String NAME = "fs.halting.name";

  /** A file that is made when it happens, after which everything goes its way. */
  public static final String MARKER = "fs.halting.marker";

  /** {@code kill}, or {@code fail}. */
  public static final String HOW = "fs.halting.how";

  /** A configuration's key and value that make the scheme known. */
  public static final String KEY = "fs.halting.impl";

  @Override
  public URI getUri() {
    return URI.create("halting:///");
  }

  @Override
  public String getScheme() {
    return "halting";
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    Configuration conf = getConf();
    if (to.getName().equals(conf.get(NAME))) {
      try {
        Files.createFile(java.nio.file.Path.of(conf.get(MARKER)));
      } catch (FileAlreadyExistsException e) {
        return super.rename(from, to); // it has happened
      }
      if (conf.get(HOW).equals("fail")) {
        throw new IOException("as the test wants it");
      }
      kill();
    }
    return super.rename(from, to);
  }

  /** SIGKILL: no finally, no shutdown hook. */
  private static void kill() throws IOException {
    try {
      new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
