package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.function.Function;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder that one process at a time may work in.
 *
 * @param files its file system
 * @param lease the file that says who does; it lies in the folder itself
 * @param inUse what a second process is told; the argument is the holder in words
 * @param takenOver what a holder is told that was not heard of for too long; the argument says what
 *     happened
 */
public record LeasedFolder(
    FileSystem files,
    Path lease,
    Function<String, SinterException> inUse,
    Function<String, SinterException> takenOver) {
  static final String RUN_FILE = "driver.lease";

  /** The folder of a run, which one driver trains in. */
  static LeasedFolder of(RunDirectory directory) {
    return new LeasedFolder(
        directory.fileSystem(),
        directory.resolve(RUN_FILE),
        holder ->
            new SinterException(
                ErrorCategory.RESOURCES,
                "RUN_IN_USE",
                directory + " is being trained in by " + holder,
                "wait until it has ended, or end it and start again; or choose another train.output"),
        how ->
            new SinterException(
                ErrorCategory.RESOURCES,
                "RUN_TAKEN_OVER",
                directory + " " + how,
                "this driver was not heard of for too long, and another one goes on with the run; there is nothing to do"));
  }

  Path folder() {
    return lease.getParent();
  }
}
