package dev.sinter.trainer.cli;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Local files in a driver of its own, whose process is halted (as by SIGKILL: nothing is cleaned
 * up) just before or after a change that the system property {@code test.halt} names: {@code before
 * rename REGEX} or {@code after rename REGEX}, {@code before delete REGEX}.
 */
public final class HaltingFileSystem extends LocalFileSystem {
  static final String PROPERTY = "test.halt";
  static final int EXIT_CODE = 137;

  private static void at(String moment, String change, Path path) {
    String[] halt = System.getProperty(PROPERTY, "never never x").split(" ", 3);
    if (halt[0].equals(moment)
        && halt[1].equals(change)
        && Pattern.matches(halt[2], path.toUri().getPath())) {
      System.out.println("halted " + moment + " " + change + " " + path);
      System.out.flush();
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    at("before", "rename", to);
    boolean renamed = super.rename(from, to);
    at("after", "rename", to);
    return renamed;
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    if (exists(path)) {
      at("before", "delete", path);
    }
    return super.delete(path, recursive);
  }
}
