package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all fetch scripts share, against a server that misbehaves. */
class FetchScriptTest {
  private static final String FILE = "zenodo.org/records/10519652/files/pneumoniamnist.npz";
  private static final String SET = "pneumoniamnist";
  private static final int BYTES = 100_000;

  @TempDir private Path folder;
  private FetchScript scripts;
  private FetchServer server;
  private Path mirror;
  private Path target;

  @BeforeEach
  void start() throws IOException {
    scripts = FetchScript.copiedTo(folder.resolve("datasets-scripts"));
    mirror = folder.resolve("mirror");
    target = folder.resolve("target");
    byte[] content = new byte[BYTES];
    new Random(3).nextBytes(content);
    Files.createDirectories(mirror.resolve(FILE).getParent());
    Files.write(mirror.resolve(FILE), content);
    PublicArchives.zenodo(mirror, "10519652", SET + ".npz");
    server = new FetchServer(mirror);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private FetchScript.Result fetch() throws IOException, InterruptedException {
    return scripts.run(
        Map.of(), "medmnist.sh", "--to", target.toString(), "--mirror", server.url(), SET);
  }

  private void assertNothingInTheTarget() throws IOException {
    assertThat(target.resolve(SET)).doesNotExist();
    if (Files.exists(target)) {
      try (Stream<Path> left = Files.list(target)) {
        assertThat(left.map(Path::getFileName).map(Path::toString).toList()).isSubsetOf(".fetch");
      }
    }
  }

  private List<String> downloads() {
    return server.requests.stream().filter(r -> r.startsWith("GET /" + FILE)).toList();
  }

  @Test
  void saysLicenceCitationAndSizeBeforeItBegins() throws Exception {
    FetchScript.Result result = fetch();
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output())
        .containsSubsequence("CC BY 4.0", "Yang et al.", "Zenodo", "0.1 MB", "Fetching " + SET);
    assertThat(target.resolve(SET + "/" + SET + ".npz"))
        .hasSameBinaryContentAs(mirror.resolve(FILE));
    assertThat(target.resolve(".fetch")).doesNotExist();
  }

  @Test
  void asksNothingOfTheServerForASetThatIsThere() throws Exception {
    fetch();
    server.requests.clear();
    FetchScript.Result again = fetch();
    assertThat(again.exitCode()).isZero();
    assertThat(again.output()).contains("Set " + SET + ": already in " + target);
    assertThat(server.requests).isEmpty();
  }

  @Test
  void goesOnWhereTheConnectionWasCut() throws Exception {
    server.cutAfter = 30_000;
    FetchScript.Result result = fetch();
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(downloads())
        .containsExactly(
            "GET /" + FILE,
            "GET /" + FILE + " bytes=30000-",
            "GET /" + FILE + " bytes=60000-",
            "GET /" + FILE + " bytes=90000-");
    assertThat(target.resolve(SET + "/" + SET + ".npz"))
        .hasSameBinaryContentAs(mirror.resolve(FILE));
  }

  @Test
  void goesOnInALaterRun() throws Exception {
    Path part = target.resolve(".fetch/archives/" + SET + ".npz.part");
    Files.createDirectories(part.getParent());
    byte[] whole = Files.readAllBytes(mirror.resolve(FILE));
    Files.write(part, java.util.Arrays.copyOf(whole, 42_000));
    assertThat(fetch().exitCode()).isZero();
    assertThat(downloads()).containsExactly("GET /" + FILE + " bytes=42000-");
  }

  @Test
  void beginsAnewWhereTheServerCannotResume() throws Exception {
    server.ignoresRanges = true;
    Path part = target.resolve(".fetch/archives/" + SET + ".npz.part");
    Files.createDirectories(part.getParent());
    Files.write(part, new byte[42_000]);
    FetchScript.Result result = fetch();
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(target.resolve(SET + "/" + SET + ".npz"))
        .hasSameBinaryContentAs(mirror.resolve(FILE));
  }

  @Test
  void givesUpAfterFiveTriesWithoutProgress() throws Exception {
    Files.delete(mirror.resolve(FILE));
    FetchScript.Result result = fetch();
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.output()).contains("error DOWNLOAD_FAILED: " + server.url() + "/" + FILE);
    assertThat(downloads()).hasSize(5);
    assertNothingInTheTarget();
  }

  @Test
  void refusesAFileWithAnotherChecksum() throws Exception {
    byte[] changed = Files.readAllBytes(mirror.resolve(FILE));
    changed[5]++;
    Files.write(mirror.resolve(FILE), changed);
    FetchScript.Result result = fetch();
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.output())
        .contains("error CHECKSUM_MISMATCH")
        .contains(PublicArchives.md5(mirror.resolve(FILE)));
    assertNothingInTheTarget();
    try (Stream<Path> left = Files.walk(target)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void refusesWhatTheDiskCannotHold() throws Exception {
    server.claimedBytes = 1L << 60;
    FetchScript.Result result =
        scripts.run(
            Map.of(),
            "mednist.sh",
            "--to",
            target.toString(),
            "--mirror",
            serverWith("MedNIST.tar.gz"),
            "all");
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.output())
        .contains("error NO_ROOM")
        .contains("1152921504606.8 MB to download");
    assertThat(server.requests).noneMatch(request -> request.startsWith("GET"));
    assertNothingInTheTarget();
  }

  private String serverWith(String name) throws IOException {
    PublicArchives.text(
        mirror.resolve(
            "github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/" + name),
        "an archive");
    return server.url();
  }

  @Test
  void recordsAChecksumThatNobodyPublishesAndVerifiesLaterRuns() throws Exception {
    new PublicMirror(folder, scripts).isbi2012(3);
    String[] arguments = {"--to", target.toString(), "--mirror", server.url(), "all"};
    FetchScript.Result first = scripts.run(Map.of(), "isbi2012.sh", arguments);
    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(first.output()).contains("no published checksum").contains("recorded in");
    Path archive = mirror.resolve("downloads.imagej.net/ISBI-2012-challenge.zip");
    Files.write(archive, new byte[] {1, 2, 3});
    Path set = target.resolve("train");
    Files.move(set, folder.resolve("moved"));
    FetchScript.Result second = scripts.run(Map.of(), "isbi2012.sh", arguments);
    assertThat(second.exitCode()).isEqualTo(3);
    assertThat(second.output()).contains("error CHECKSUM_MISMATCH");
    assertThat(set).doesNotExist();
  }

  @Test
  void fetchesFromAServerThatTellsNoSize() throws Exception {
    new PublicMirror(folder, scripts).isbi2012(3);
    server.claimedBytes = -1;
    FetchScript.Result result =
        scripts.run(
            Map.of(), "isbi2012.sh", "--to", target.toString(), "--mirror", server.url(), "all");
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("the server does not tell the size");
    assertThat(target.resolve("train/images/02.png")).isRegularFile();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "medmnist",
        "msd",
        "mednist",
        "isic",
        "nih-chestxray14",
        "dsb2018",
        "kits",
        "isbi2012",
        "luna16"
      })
  void everyScriptExplainsItself(String script) throws Exception {
    FetchScript.Result result = scripts.run(Map.of(), script + ".sh", "--help");
    assertThat(result.exitCode()).isZero();
    assertThat(result.output())
        .contains("Licence:", "Citation:", "Checksums:", "Sets:", "--to", "--mirror")
        .contains(script + ".sh --to DIR|hdfs://...");
  }

  @ParameterizedTest
  @CsvSource({
    "medmnist.sh,--to /nowhere,no set is given",
    "medmnist.sh,pathmnist,no target is given",
    "medmnist.sh,--to /nowhere x,there is no set x",
    "medmnist.sh,--to /nowhere --size 29 pathmnist,there is no size 29",
    "msd.sh,--size 28,there is no option --size",
    "kits.sh,--first many,--first many is not a number",
    "kits.sh,--to,--to needs a value",
    "nih-chestxray14.sh,--to /nowhere all,Data_Entry_2017_v2020.csv is not in"
  })
  void refusesWhatItDoesNotUnderstand(String script, String arguments, String problem)
      throws Exception {
    FetchScript.Result result = scripts.run(Map.of(), script, arguments.split(" "));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.output()).contains("error ").contains(problem).contains("next: ");
  }
}
