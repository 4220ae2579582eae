package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which version of a registry is champion: files that are written once and renamed to a name that
 * nobody has; the one with the highest number counts. So no file system has to replace a file, and
 * there is no moment without a champion.
 */
public final class Promotions {
  private static final String FOLDER = "promotions";
  private static final String VERSIONS = "versions";
  private static final Pattern FILE = Pattern.compile("\\d{10}\\.json");
  private static final Logger LOG = LoggerFactory.getLogger(Promotions.class);

  private final FileSystem files;
  private final Path root;

  /** Of the registry at a folder. */
  public Promotions(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /** The folder of a version. */
  public Path versionFolder(String version) {
    return new Path(new Path(root, VERSIONS), version);
  }

  /** The present champion. */
  public Optional<Promotion> newest() {
    for (Path file : filesNewestFirst()) {
      Optional<Promotion> promotion = read(file);
      if (promotion.isPresent()) {
        return promotion;
      }
    }
    return Optional.empty();
  }

  /** All that can be read, the oldest first. */
  public List<Promotion> all() {
    List<Promotion> all = new ArrayList<>();
    filesNewestFirst().forEach(file -> read(file).ifPresent(promotion -> all.add(0, promotion)));
    return all;
  }

  /** Makes a version champion, in one step. */
  public Promotion add(String version, String by, int attempt, String at) {
    // A damaged one keeps its number.
    long number =
        filesNewestFirst().stream().findFirst().map(file -> numberOf(file) + 1).orElse(1L);
    Promotion promotion = new Promotion(Promotion.FORMAT_VERSION, number, version, by, attempt, at);
    Path file = new Path(new Path(root, FOLDER), String.format(Locale.ROOT, "%010d.json", number));
    AtomicFiles.writeText(files, file, promotion.toJson());
    return promotion;
  }

  /** Versions that were champion before the present one, the latest first; rollbacks undone. */
  public List<String> formerChampions() {
    Deque<String> champions = new ArrayDeque<>();
    for (Promotion promotion : all()) {
      if (promotion.isRollback()) {
        while (!champions.isEmpty() && !champions.peek().equals(promotion.version())) {
          champions.pop();
        }
      }
      if (champions.isEmpty() || !champions.peek().equals(promotion.version())) {
        champions.push(promotion.version());
      }
    }
    champions.poll();
    return List.copyOf(champions);
  }

  /** The model of the champion; nothing where the folder is no registry, or has no champion yet. */
  Optional<Path> championModel() {
    return newest()
        .map(promotion -> new Path(versionFolder(promotion.version()), ModelZip.FILE_NAME));
  }

  private List<Path> filesNewestFirst() {
    Path folder = new Path(root, FOLDER);
    List<Path> found = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(folder)) {
        if (FILE.matcher(status.getPath().getName()).matches()) {
          found.add(status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFiles.failure(folder, e);
    }
    found.sort(Comparator.comparingLong(Promotions::numberOf).reversed());
    return found;
  }

  private static long numberOf(Path file) {
    return Long.parseLong(file.getName().replace(".json", ""));
  }

  private Optional<Promotion> read(Path file) {
    Optional<Promotion> promotion = Promotion.fromJson(AtomicFiles.readText(files, file));
    if (promotion.isEmpty()) {
      LOG.warn("{} is damaged and passed over: the promotion before it counts", file);
    } else if (promotion.get().formatVersion() != Promotion.FORMAT_VERSION) {
      throw unsupported(file.toString(), promotion.get().formatVersion());
    }
    return promotion;
  }

  /** A file of a registry that a later Sinter wrote. */
  public static SinterException unsupported(String file, int version) {
    return new SinterException(
        ErrorCategory.DATA,
        "REGISTRY_VERSION_UNSUPPORTED",
        file
            + " has registry format "
            + version
            + "; this Sinter reads "
            + Promotion.FORMAT_VERSION,
        "use the version of Sinter that wrote it");
  }
}
