package dev.sinter.trainer.registry;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.checkpoint.ImportedModels;
import dev.sinter.trainer.checkpoint.LeasedFolder;
import dev.sinter.trainer.checkpoint.Promotion;
import dev.sinter.trainer.checkpoint.Promotions;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The folder of a registry, as {@code docs/reference/registry.md} describes it. Driver-only. */
public final class RegistryDirectory {
  private static final String VERSION_FILE = "version.json";
  private static final String MODEL_FILE = "model.zip";
  private static final String VERSION_NAME = "v\\d{4,9}";

  private final RegistryFiles files;
  private final Path root;
  private final Promotions promotions;
  private final Clock clock;

  private RegistryDirectory(FileSystem files, Path root, Clock clock) {
    this.files = new RegistryFiles(files);
    this.root = root;
    this.promotions = new Promotions(files, root);
    this.clock = clock;
  }

  /** Opens a folder, which need not exist yet. */
  public static RegistryDirectory open(String uri, Configuration hadoop) {
    return open(uri, hadoop, Clock.systemUTC());
  }

  /** The same with a clock for the times that are noted; nothing waits by it. */
  public static RegistryDirectory open(String uri, Configuration hadoop, Clock clock) {
    Path root = new Path(uri);
    try {
      FileSystem files = root.getFileSystem(hadoop);
      return new RegistryDirectory(files, files.makeQualified(root), clock);
    } catch (IOException e) {
      throw AtomicFiles.failure(root, e);
    }
  }

  /** A file or folder within. */
  public Path resolve(String name) {
    return new Path(root, name);
  }

  RegistryFiles files() {
    return files;
  }

  /** Time, UTC, to the second. */
  public String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * Keeps others from changing the registry; reading needs no lease.
   *
   * @param waiting is told of a process that is waited for
   * @throws SinterException {@code REGISTRY_IN_USE}
   */
  public FolderLease lease(Consumer<String> waiting) {
    return FolderLease.take(leasedFolder(), waiting);
  }

  /** What the lease is of. */
  public LeasedFolder leasedFolder() {
    return new LeasedFolder(
        files.fileSystem(),
        resolve("registry.lease"),
        holder ->
            new SinterException(
                ErrorCategory.RESOURCES,
                "REGISTRY_IN_USE",
                root + " is being worked in by " + holder,
                "wait until it has ended: it does the same work; nothing was changed here"),
        how ->
            new SinterException(
                ErrorCategory.RESOURCES,
                "REGISTRY_TAKEN_OVER",
                root + " " + how,
                "this process was not heard of for too long, and another one goes on; there is nothing to do"));
  }

  /** All versions, the oldest first. */
  public List<ModelVersion> versions() {
    List<ModelVersion> versions = new ArrayList<>();
    for (String name : files.names(resolve("versions"), VERSION_NAME)) {
      version(name).ifPresent(versions::add);
    }
    return versions;
  }

  /** A version. */
  public Optional<ModelVersion> version(String name) {
    return name.matches(VERSION_NAME)
        ? files.read(new Path(folderOf(name), VERSION_FILE), ModelVersion.class)
        : Optional.empty();
  }

  /** The folder of a version, which every command takes as a model. */
  public Path folderOf(String version) {
    return promotions.versionFolder(version);
  }

  /** Name of the present champion. */
  public Optional<String> champion() {
    return promotions.newest().map(Promotion::version);
  }

  /** How champions came to be, the oldest first. */
  public List<Promotion> promotions() {
    return promotions.all();
  }

  /** Adds a version, whole or not at all; does nothing where it is there already. */
  public void register(ModelVersion version, StoredModel model) {
    Path whole = folderOf(version.name());
    if (files.exists(whole)) {
      return;
    }
    Path unfinished = new Path(whole.getParent(), "." + version.name() + ".unfinished");
    AtomicFiles.deleteIfThere(files.fileSystem(), unfinished);
    ImportedModels.copy(files.fileSystem(), new Path(unfinished, MODEL_FILE), model);
    files.write(new Path(unfinished, VERSION_FILE), version);
    files.rename(unfinished, whole);
  }

  /** Removes a version that nothing points to. */
  public void remove(String version) {
    files.remove(folderOf(version));
  }

  /**
   * Makes a version champion, in one step.
   *
   * @param by {@link Promotion#BY_RETRAINING} or another way
   * @param attempt of a retraining; 0 otherwise
   * @throws SinterException {@code VERSION_NOT_FOUND}; {@code MODEL_UNREADABLE} and the like when
   *     it is not whole
   */
  public Promotion promote(String version, String by, int attempt) {
    if (version(version).isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "VERSION_NOT_FOUND",
          root + " has no version " + version,
          "`sinter models --registry " + root + "` lists those that it has");
    }
    // Nothing becomes champion that cannot be loaded.
    RunDirectory.readModel(folderOf(version).toString(), files.fileSystem().getConf())
        .parameters()
        .close();
    return promotions.add(version, by, attempt, now());
  }

  /**
   * Makes the version champion that was before the present one and is still here.
   *
   * @throws SinterException {@code ROLLBACK_IMPOSSIBLE}
   */
  public Promotion rollback() {
    String target =
        rollbackTarget()
            .orElseThrow(
                () ->
                    new SinterException(
                        ErrorCategory.USAGE,
                        "ROLLBACK_IMPOSSIBLE",
                        root + " has no version that was champion before the present one",
                        "`sinter models --registry "
                            + root
                            + " --promote VERSION` takes any version"));
    return promote(target, Promotion.BY_ROLLBACK, 0);
  }

  /** The version that a rollback would lead to. */
  public Optional<String> rollbackTarget() {
    return promotions.formerChampions().stream()
        .filter(version -> files.exists(folderOf(version)))
        .findFirst();
  }

  /**
   * Removes all versions but the newest, the champion, and the one that a rollback would lead to.
   *
   * @param keep how many of the newest stay
   * @param also a version that stays as well, if it is here
   * @return names of those that went
   */
  public List<String> prune(int keep, Set<String> also) {
    Set<String> stay = new HashSet<>(also);
    champion().ifPresent(stay::add);
    rollbackTarget().ifPresent(stay::add);
    List<String> names = files.names(resolve("versions"), VERSION_NAME);
    List<String> gone =
        names.subList(0, Math.max(0, names.size() - keep)).stream()
            .filter(name -> !stay.contains(name))
            .toList();
    gone.forEach(this::remove);
    return gone;
  }

  /** Removes what killed processes left unfinished; with the lease held only. */
  public void sweep() {
    for (String folder : List.of("versions", "promotions", "decisions", ".")) {
      files.sweep(folder.equals(".") ? root : resolve(folder));
    }
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
