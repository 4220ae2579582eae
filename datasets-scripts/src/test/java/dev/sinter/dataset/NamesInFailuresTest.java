package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failures that stop the stage before it writes, on collections with planted names: neither message
 * nor remedy nor any cause, which {@code --debug} prints, has one.
 */
class NamesInFailuresTest {
  private static final List<String> PLANTED = List.of("schmidt", "heinrich", "mrn4711");

  @TempDir Path folder;

  /** A local file system that lists and opens nothing of the planted patient. */
  public static final class Closed extends LocalFileSystem {
    private static void refuse(org.apache.hadoop.fs.Path path) throws IOException {
      if (path.getName().contains("Schmidt")) {
        throw new AccessControlException("Permission denied: " + path);
      }
    }

    @Override
    public RemoteIterator<FileStatus> listStatusIterator(org.apache.hadoop.fs.Path path)
        throws IOException {
      refuse(path);
      return super.listStatusIterator(path);
    }

    @Override
    public RemoteIterator<LocatedFileStatus> listLocatedStatus(org.apache.hadoop.fs.Path path)
        throws FileNotFoundException, IOException {
      refuse(path);
      return super.listLocatedStatus(path);
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer) throws IOException {
      refuse(path);
      return super.open(path, buffer);
    }
  }

  private static Configuration closed() {
    Configuration configuration = new Configuration();
    configuration.set("fs.file.impl", Closed.class.getName());
    configuration.setBoolean("fs.file.impl.disable.cache", true);
    return configuration;
  }

  private static void assertHidden(String code, Runnable work) {
    SinterException failure = catchThrowableOfType(SinterException.class, work::run);
    assertThat(failure.code()).isEqualTo(code);
    StringWriter printed = new StringWriter();
    failure.printStackTrace(new PrintWriter(printed));
    String all = (printed + failure.remedy()).toLowerCase(Locale.ROOT);
    assertThat(PLANTED).noneMatch(all::contains);
  }

  private PrepareRequest request() {
    return PrepareRequest.of(
            folder.resolve("in").toString(), folder.resolve("out").toString(), Task.CLASSIFICATION)
        .withSalt("a salt that nobody sees");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void foldersThatCannotBeListed() throws IOException {
    TinyCollection collection = new TinyCollection(folder);
    collection.text("in/cat/Schmidt_Heinrich/MRN4711.png", "");
    collection.text("in/cat/Schmidt_Heinrich/MRN4711.csv", "");
    String input = folder.resolve("in").toString();
    assertHidden("STORAGE_FAILED", () -> FileListing.of(input, closed()));
    assertHidden("STORAGE_FAILED", () -> TableListing.of(input, closed()));
  }

  @Test
  void filesThatCannotBeOpened() throws IOException {
    TinyCollection collection = new TinyCollection(folder);
    collection.npz("in/Schmidt.npz", List.of("train"), 2);
    assertHidden("STORAGE_FAILED", () -> Layout.of(request(), closed()));
    collection.text("in/Schmidt.csv", "a");
    assertHidden(
        "STORAGE_FAILED",
        () -> TableListing.content(folder.resolve("in/Schmidt.csv").toString(), "0f", closed()));
  }

  @Test
  void tablesWithoutAHeader() throws IOException {
    byte[] table = bytes("Schmidt,1,MRN4711\nMeier,2,1\n");
    TableColumns columns = new TableColumns("label", "", List.of());
    assertHidden(
        "TABLE_COLUMN_MISSING", () -> FeatureTable.labelled("Schmidt.csv", "0f", table, columns));
    assertHidden(
        "TABLE_UNREADABLE",
        () -> FeatureTable.labelled("Schmidt.csv", "0f", bytes("Schmidt,Schmidt\n1,2"), columns));
    TinyCollection collection = new TinyCollection(folder);
    collection.text("in/cat/1.png", "");
    collection.text("labels.csv", "Schmidt_Heinrich.png,MRN4711\n1.png,cat\n");
    assertHidden(
        "MANIFEST_COLUMN_UNKNOWN",
        () ->
            Layout.of(
                request()
                    .withCollection(
                        new CollectionPlan(
                            ManifestColumns.of(folder.resolve("labels.csv").toString()),
                            Fold.NONE)),
                new Configuration()));
  }

  @Test
  void foldersOfPatientsBesideThoseOfSplits() throws IOException {
    TinyCollection collection = new TinyCollection(folder);
    collection.text("in/train/cat/1.png", "");
    collection.text("in/Schmidt_Heinrich/1.png", "");
    collection.text("in/MRN4711/1.png", "");
    assertHidden("LAYOUT_AMBIGUOUS", () -> Layout.of(request(), new Configuration()));
  }
}
