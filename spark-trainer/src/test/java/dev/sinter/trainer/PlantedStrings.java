package dev.sinter.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * Searches texts, files and folders for strings that must be nowhere: as they are in any case, and
 * in Base64; in zip, gzip and Parquet files what they hold, too.
 *
 * @param strings what must not be found
 */
public record PlantedStrings(List<String> strings) {
  /** Some strings. */
  public static PlantedStrings of(List<String> first, List<String> more) {
    return new PlantedStrings(Stream.concat(first.stream(), more.stream()).toList());
  }

  /** Where which of them is, in words; empty where none is. */
  public List<String> foundIn(String where, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<String> found = new ArrayList<>();
    for (String planted : strings) {
      if (lower.contains(planted.toLowerCase(Locale.ROOT)) || text.contains(base64(planted))) {
        int at = Math.max(0, lower.indexOf(planted.toLowerCase(Locale.ROOT)));
        found.add(
            where
                + " has "
                + planted
                + ": "
                + text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 100)));
      }
    }
    return found;
  }

  /** The characters that whole groups of three bytes give. */
  private static String base64(String planted) {
    byte[] bytes = planted.getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, bytes.length / 3 * 3));
  }

  /**
   * Where in the names and contents of all files below a folder one of them is.
   *
   * @param searched which of the files
   */
  public List<String> foundBelow(Path folder, Predicate<Path> searched) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).filter(searched).sorted().toList();
    }
    assertThat(files).as("files to search below " + folder).isNotEmpty();
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      String name = folder.relativize(file).toString();
      found.addAll(foundIn("the name of " + name, name));
      search(name, Files.readAllBytes(file), found);
      if (name.endsWith(".parquet")) {
        rows(file).forEach(row -> found.addAll(foundIn("a row of " + name, row)));
      }
    }
    return found;
  }

  private void search(String name, byte[] bytes, List<String> found) throws IOException {
    found.addAll(foundIn(name, new String(bytes, StandardCharsets.ISO_8859_1)));
    if (bytes.length > 3 && bytes[0] == 'P' && bytes[1] == 'K') {
      ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes));
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        search(name + "!" + entry.getName(), zip.readAllBytes(), found);
      }
    } else if (bytes.length > 3 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b) {
      byte[] inside = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
      search(name + "!", inside, found);
    }
  }

  private static List<String> rows(Path file) throws IOException {
    List<String> rows = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
            .withConf(new Configuration())
            .build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        rows.add(row.toString());
      }
    }
    return rows;
  }
}
