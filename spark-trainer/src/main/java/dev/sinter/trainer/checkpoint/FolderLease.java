package dev.sinter.trainer.checkpoint;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.LeaseHolder.Life;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second driver out of a folder, of a run or a registry, with a file that the first one
 * renews. Driver-only.
 *
 * <p>Whether another machine's driver lives is seen from renewals alone, by the observer's own
 * clock: clocks need not agree.
 */
public final class FolderLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderLease.class);

  /** Times that count. */
  record Times(Duration renewal, Duration lease) {
    static final Times DEFAULT = new Times(Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  private record Seen(String text, long modified) {}

  /** What this process holds. */
  private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

  private final FileSystem files;
  private final Path path;
  private final LeasedFolder folder;
  private final Timer renewals = new Timer("sinter-lease", true);
  private LeaseHolder mine;
  private boolean madeFolder;
  private volatile SinterException loss;

  private FolderLease(LeasedFolder folder, LeaseHolder mine) {
    this.folder = folder;
    this.files = folder.files();
    this.path = folder.lease();
    this.mine = mine;
  }

  /**
   * Takes a run's folder, as {@link #take(LeasedFolder, Consumer)} does.
   *
   * @throws SinterException {@code RUN_IN_USE}
   */
  public static FolderLease take(RunDirectory directory, Consumer<String> waiting) {
    return take(LeasedFolder.of(directory), waiting);
  }

  /**
   * Takes the folder, at once if nobody has it or its driver is known to have ended; else when its
   * driver has not been heard of for a minute.
   *
   * @param waiting is told of a driver that is waited for
   * @throws SinterException {@link LeasedFolder#inUse}
   */
  public static FolderLease take(LeasedFolder folder, Consumer<String> waiting) {
    return take(folder, LeaseHolder.here(UUID.randomUUID().toString()), Times.DEFAULT, waiting);
  }

  static FolderLease take(
      LeasedFolder folder, LeaseHolder mine, Times times, Consumer<String> waiting) {
    FolderLease lease = new FolderLease(folder, mine);
    HELD.add(mine.id());
    try {
      while (!lease.create()) {
        lease.awaitEnd(times, waiting);
      }
    } catch (RuntimeException | Error e) {
      HELD.remove(mine.id());
      throw e;
    }
    lease.renewals.schedule(
        new TimerTask() {
          @Override
          public void run() {
            lease.renew();
          }
        },
        times.renewal().toMillis(),
        times.renewal().toMillis());
    return lease;
  }

  /** Why the folder is no longer this driver's. */
  public Optional<SinterException> loss() {
    return Optional.ofNullable(loss);
  }

  /**
   * Checks that the folder is still this process's, as it has to be before anything is published.
   *
   * @throws SinterException {@link LeasedFolder#takenOver}
   */
  public void requireHeld() {
    loss()
        .ifPresent(
            lost -> {
              throw lost;
            });
  }

  private boolean create() {
    madeFolder = !exists(path.getParent());
    try (OutputStream stream = files.create(path, false)) {
      stream.write(mine.toJson().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (isHeld(e)) {
        return false;
      }
      throw AtomicFiles.failure(path, e);
    } catch (FSError e) { // how Hadoop's local file system reports a full disk
      throw AtomicFiles.failure(path, new IOException(e.getMessage()));
    }
    // Not every file system lets only one of two create a file.
    Seen written = look();
    return written != null && isMine(written.text());
  }

  private boolean exists(Path folder) {
    try {
      return files.exists(folder);
    } catch (IOException e) {
      throw AtomicFiles.failure(folder, e);
    }
  }

  /** Or was a moment ago; a file in the folder's place says the same. */
  private boolean isHeld(IOException failure) {
    try {
      return files.exists(path)
          || (failure instanceof FileAlreadyExistsException
              && files.getFileStatus(path.getParent()).isDirectory());
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  /** Returns when the one who has the folder is gone. */
  private void awaitEnd(Times times, Consumer<String> waiting) {
    Seen first = look();
    if (first == null) {
      return;
    }
    String holder = LeaseHolder.fromJson(first.text()).map(Object::toString).orElse("a process");
    Life life = LeaseHolder.fromJson(first.text()).map(LeaseHolder::life).orElse(Life.UNKNOWN);
    if (life == Life.RUNS && !isLeftByThisProcess(first.text())) {
      throw folder.inUse().apply(holder);
    }
    if (life == Life.UNKNOWN) {
      waiting.accept(holder);
      long end = System.nanoTime() + times.lease().toNanos();
      while (System.nanoTime() - end < 0) {
        pause(times.renewal().dividedBy(4));
        Seen now = look();
        if (now == null) {
          return;
        }
        if (!now.equals(first)) {
          throw folder.inUse().apply(holder);
        }
      }
    }
    LOG.warn("{} has ended without leaving {}; it is taken over", holder, folder.folder());
    takeAway(first);
  }

  /** Of several that would take a lease over, one can rename it. */
  private void takeAway(Seen ended) {
    Path aside = path.suffix("." + mine.id());
    try {
      if (!files.rename(path, aside)) {
        return;
      }
      if (!read(aside).equals(ended.text())) { // a new one, of somebody faster
        files.rename(aside, path);
        return;
      }
      files.delete(aside, false);
    } catch (FileNotFoundException e) {
      LOG.debug("{} is gone", path); // somebody was faster
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  /** A run that could not delete its file when it ended; a notebook's process goes on. */
  private static boolean isLeftByThisProcess(String text) {
    return LeaseHolder.fromJson(text)
        .filter(holder -> holder.pid() == ProcessHandle.current().pid())
        .filter(holder -> !HELD.contains(holder.id()))
        .isPresent();
  }

  private static void pause(Duration duration) {
    try {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for another driver", e);
    }
  }

  /** What the file says, or null when there is none. */
  private Seen look() {
    try {
      long modified = files.getFileStatus(path).getModificationTime();
      return new Seen(read(), modified);
    } catch (FileNotFoundException e) {
      return null;
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  private String read() throws IOException {
    return read(path);
  }

  private String read(Path file) throws IOException {
    try (InputStream stream = files.open(file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException e) {
      return ""; // it is being renewed
    }
  }

  private synchronized void renew() {
    try {
      String text = read();
      Optional<LeaseHolder> holder = LeaseHolder.fromJson(text);
      if (!isMine(text)) {
        lose("was taken over by " + holder.orElseThrow());
        return;
      }
      mine = mine.renewed();
      try (OutputStream stream = files.create(path, true)) {
        stream.write(mine.toJson().getBytes(StandardCharsets.UTF_8));
      }
    } catch (FileNotFoundException e) {
      lose("was taken from this driver: its " + path.getName() + " is gone");
    } catch (IOException | RuntimeException | Error e) { // it may come back; the timer must go on
      LOG.warn("{} cannot be renewed now: {}", path, e.toString());
    }
  }

  private void lose(String how) {
    renewals.cancel();
    loss = folder.takenOver().apply(how);
  }

  /** Leaves the folder to others. */
  @Override
  public synchronized void close() {
    renewals.cancel();
    try {
      if (loss == null && isMine(read())) {
        files.delete(path, false);
        // A run that was refused leaves nothing behind.
        if (madeFolder && files.listStatus(path.getParent()).length == 0) {
          files.delete(path.getParent(), false);
        }
      }
    } catch (IOException e) {
      LOG.warn("{} stays behind: {}", path, e.toString()); // and ends by its age
    } finally {
      HELD.remove(mine.id());
    }
  }

  /** A text that is not whole is a renewal of this driver that failed. */
  private boolean isMine(String text) {
    return LeaseHolder.fromJson(text).map(LeaseHolder::id).orElse(mine.id()).equals(mine.id());
  }
}
