package dev.sinter.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * One jar of many. Entries are copied as they are compressed: the native libraries are 1.6 GB, and
 * to compress them again would take longer than the whole build.
 */
final class MergedJar implements AutoCloseable {
  private static final String SERVICES = "META-INF/services/";

  /** Of the single jars: manifests, signatures, modules, hints for another compiler. */
  private static final Pattern DROPPED =
      Pattern.compile(
          "META-INF/(MANIFEST\\.MF|INDEX\\.LIST|[^/]+\\.(SF|RSA|DSA|EC)|native-image/.*)"
              + "|(META-INF/versions/\\d+/)?module-info\\.class");

  /** Licences stay, each beside the name of its jar. */
  private static final Pattern NOTICE =
      Pattern.compile("(META-INF/)?((LICENSE|NOTICE|DEPENDENCIES|AL2\\.0|LGPL2\\.1)[^/]*)");

  /** Which of several poms lies at a path changes nothing. */
  private static final Pattern FIRST_WINS = Pattern.compile("META-INF/maven/.*");

  private final ZipArchiveOutputStream out;
  private final ArchiveTime time;
  private final Map<String, ZipArchiveEntry> written = new LinkedHashMap<>();
  private final Map<String, String> origins = new LinkedHashMap<>();
  private final Map<String, Set<String>> services = new TreeMap<>();
  private final List<String> conflicts = new ArrayList<>();

  MergedJar(Path target, Manifest manifest, ArchiveTime time) throws IOException {
    this.out = new ZipArchiveOutputStream(target.toFile());
    this.time = time;
    put("META-INF/MANIFEST.MF", manifest::write);
  }

  /**
   * Adds all that a jar holds.
   *
   * @throws IOException also when an entry differs from one of the same name in an earlier jar
   */
  void add(Path jar) throws IOException {
    String origin = jar.getFileName().toString();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        String name = entry.getName();
        if (entry.isDirectory() || DROPPED.matcher(name).matches()) {
          continue;
        }
        if (name.startsWith(SERVICES)) {
          services.computeIfAbsent(name, key -> new LinkedHashSet<>()).addAll(lines(zip, entry));
        } else if (NOTICE.matcher(name).matches()) {
          copy(zip, entry, "META-INF/licenses/" + origin + "/" + name.replace("META-INF/", ""));
        } else if (isNew(entry, origin)) {
          origins.put(name, origin);
          copy(zip, entry, name);
        }
      }
    }
    if (!conflicts.isEmpty()) {
      throw new IOException("different entries of one name: " + conflicts);
    }
  }

  private boolean isNew(ZipArchiveEntry entry, String origin) {
    ZipArchiveEntry earlier = written.get(entry.getName());
    if (earlier != null
        && (earlier.getCrc() != entry.getCrc() || earlier.getSize() != entry.getSize())
        && !FIRST_WINS.matcher(entry.getName()).matches()) {
      conflicts.add(entry.getName() + " in " + origins.get(entry.getName()) + " and in " + origin);
    }
    return earlier == null;
  }

  private static List<String> lines(ZipFile zip, ZipArchiveEntry entry) throws IOException {
    try (InputStream content = zip.getInputStream(entry)) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    }
  }

  private void copy(ZipFile zip, ZipArchiveEntry entry, String name) throws IOException {
    if (written.containsKey(name)) {
      return;
    }
    ZipArchiveEntry copy = new ZipArchiveEntry(name);
    copy.setMethod(entry.getMethod());
    copy.setSize(entry.getSize());
    copy.setCompressedSize(entry.getCompressedSize());
    copy.setCrc(entry.getCrc());
    copy.setTime(time.zipMilliseconds());
    try (InputStream raw = zip.getRawInputStream(entry)) {
      out.addRawArchiveEntry(copy, raw);
    }
    written.put(name, entry);
  }

  private void put(String name, Content content) throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setTime(time.zipMilliseconds());
    out.putArchiveEntry(entry);
    content.writeTo(out);
    out.closeArchiveEntry();
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(OutputStream stream) throws IOException;
  }

  /** Writes the lists of services, which are merged, and the directory. */
  @Override
  public void close() throws IOException {
    try (out) {
      for (Map.Entry<String, Set<String>> service : services.entrySet()) {
        byte[] text =
            (String.join("\n", service.getValue()) + "\n").getBytes(StandardCharsets.UTF_8);
        put(service.getKey(), stream -> stream.write(text));
      }
    }
  }
}
