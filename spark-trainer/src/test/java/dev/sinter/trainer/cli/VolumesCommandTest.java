package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VolumesCommandTest {
  @TempDir private Path folder;

  private CommandResult volumes(Path input, String... more) {
    String[] arguments = {
      "volumes", "--input", input.toString(), "--output", folder.resolve("out").toString()
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return CommandResult.of(all);
  }

  @Test
  void makesVolumesAndSaysWhatIsNone() throws Exception {
    Path collection = folder.resolve("collection");
    PlantedCollection.write(collection);
    CommandResult result = volumes(collection, "--json", "-");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.json().get("volumes").asInt()).isPositive();
    assertThat(result.json().get("rejected_files").asInt()).isPositive();
    assertThat(result.errors()).contains("rejected.jsonl says why", "hashed without a secret");
    assertThat(folder.resolve("out/volumes.csv")).exists();
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("a.dat"), "no DICOM");
    CommandResult none = volumes(other);
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.errors()).contains("NO_SERIES_FOUND");
    assertThat(volumes(other, "--burned-in", "perhaps").exitCode()).isEqualTo(2);
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
