package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.FullFileSystem;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import dev.sinter.trainer.engine.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CheckpointsTest {
  @TempDir Path folder;
  private RunDirectory directory;

  @BeforeEach
  void open() {
    Configuration configuration = new Configuration();
    // Sessions of other tests may have told the shared file system to write no checksums.
    configuration.set("fs.file.impl.disable.cache", "true");
    directory = RunDirectory.open(folder.toString(), configuration);
  }

  private Path local(org.apache.hadoop.fs.Path path) {
    return Path.of(path.toUri().getPath());
  }

  private void write(long... steps) {
    for (long step : steps) {
      TestCheckpoints.write(directory, step, TestCheckpoints.IDENTITY);
    }
  }

  /** Changes a file behind the file system's back, which then has no checksum of its own for it. */
  private static void replace(Path file, byte[] bytes) throws IOException {
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.write(file, bytes);
  }

  private void truncate(long step) throws IOException {
    Path zip = local(directory.checkpoint(step)).resolve("model.zip");
    byte[] bytes = Files.readAllBytes(zip);
    replace(zip, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private List<String> namesIn(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void stockDl4jOpensTheModelAndPredictsTheSame() throws Exception {
    write(3);
    Path zip = local(directory.checkpoint(3)).resolve("model.zip");
    ComputationGraph graph = ModelSerializer.restoreComputationGraph(zip.toFile());
    Network network = TestCheckpoints.network();
    Batch batch = RandomState.batch(network, 2, 8);
    float[] inputs = new float[batch.inputs().capacity()];
    batch.inputs().duplicate().get(inputs);

    INDArray output = graph.outputSingle(Nd4j.createFromArray(inputs).reshape(2, 1, 4, 4));

    assertThat(graph.numParams()).isEqualTo(network.layout().length());
    FloatBuffer own = predict(RunDirectory.readModel(zip.toString(), new Configuration()), batch);
    float[] theirs = output.dup('c').data().asFloat();
    assertThat(theirs).hasSize(own.capacity());
    for (int i = 0; i < theirs.length; i++) {
      assertThat(own.get(i)).isCloseTo(theirs[i], within(1e-5f));
    }
  }

  static FloatBuffer predict(StoredModel model, Batch batch) {
    FloatBuffer probabilities =
        ByteBuffer.allocateDirect(4 * 2 * batch.labels().capacity())
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    try (FlatVector parameters = model.parameters();
        Replica replica =
            Engines.byName(EngineSettings.of("libtorch"))
                .createReplica(model.network(), parameters)) {
      replica.predict(batch, probabilities);
    }
    return probabilities;
  }

  @Test
  void everythingComesBack() {
    write(6);
    StoredModel model = RunDirectory.readModel(folder.toString(), new Configuration());
    try (FlatVector parameters = model.parameters();
        FlatVector expected = TestCheckpoints.parameters(6)) {
      assertThat(Sha256.of(parameters)).isEqualTo(Sha256.of(expected));
      assertThat(model.manifest())
          .isEqualTo(
              TestCheckpoints.manifest(
                  6, TestCheckpoints.IDENTITY, expected, model.manifest().optimizerSlices()));
      assertThat(model.manifest().optimizerSlices()).hasSize(2);
      assertThat(model.network().configurationJson())
          .isEqualTo(TestCheckpoints.network().configurationJson());
    }
  }

  @Test
  void theSameModelGivesTheSameBytes() throws IOException {
    write(3);
    byte[] first = Files.readAllBytes(local(directory.checkpoint(3)).resolve("model.zip"));
    write(3);
    assertThat(Files.readAllBytes(local(directory.checkpoint(3)).resolve("model.zip")))
        .isEqualTo(first);
    assertThat(namesIn(folder.resolve("checkpoints"))).containsExactly("step-0000000003");
  }

  @Test
  void passesOverATruncatedModel() throws IOException {
    write(3, 6);
    truncate(6);
    String damaged = directory.checkpoint(6).toString();
    assertThatThrownBy(() -> RunDirectory.readModel(damaged, new Configuration()))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("MODEL_UNREADABLE");
              assertThat(e.category()).isEqualTo(ErrorCategory.DATA);
              assertThat(e).hasMessageContaining("step-0000000006");
            });

    Checkpoints.Found found =
        new Checkpoints(directory, "run", 0)
            .newest(Resuming.exactly(TestCheckpoints.IDENTITY))
            .orElseThrow();

    found.model().parameters().close();
    assertThat(found.model().manifest().step()).isEqualTo(3);
    truncate(3);
    assertThatThrownBy(
            () ->
                new Checkpoints(directory, "run", 0)
                    .newest(Resuming.exactly(TestCheckpoints.IDENTITY)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("CHECKPOINTS_DAMAGED"));
  }

  @Test
  void passesOverAMissingOrShortOptimizerFile() throws IOException {
    write(3, 6, 9);
    Files.delete(local(directory.checkpoint(9)).resolve("optimizer-000000000100.bin"));
    Path shorter = local(directory.checkpoint(6)).resolve("optimizer-000000000000.bin");
    replace(shorter, Arrays.copyOf(Files.readAllBytes(shorter), 400));

    Checkpoints.Found found =
        new Checkpoints(directory, "run", 0)
            .newest(Resuming.exactly(TestCheckpoints.IDENTITY))
            .orElseThrow();

    found.model().parameters().close();
    assertThat(found.model().manifest().step()).isEqualTo(3);
  }

  @Test
  void aCancelledOrRobbedAttemptPublishesNothing() throws IOException {
    Checkpoints checkpoints = new Checkpoints(directory, "run", 1);
    try (FlatVector parameters = TestCheckpoints.parameters(3)) {
      CheckpointManifest manifest =
          TestCheckpoints.manifest(3, TestCheckpoints.IDENTITY, parameters, List.of());
      checkpoints.fill(TestCheckpoints.network().configurationJson(), parameters, manifest);
      assertThatThrownBy(() -> checkpoints.publish(manifest, () -> true))
          .isInstanceOf(CancellationException.class);
      directory.removeUnfinishedCheckpoints("another-run");
      assertThat(namesIn(folder.resolve("checkpoints")))
          .containsExactly(".step-0000000003.run.attempt-1");
      directory.removeUnfinishedCheckpoints("run");
      assertThatThrownBy(() -> checkpoints.publish(manifest, () -> false))
          .isInstanceOfSatisfying(
              SinterException.class, e -> assertThat(e.code()).isEqualTo("CHECKPOINT_INCOMPLETE"));
    }
    assertThat(directory.checkpointSteps()).isEmpty();
  }

  @Test
  void whatTheFileSystemCallsDamagedIsDamaged() throws IOException {
    write(3);
    OptimizerSliceFile slice = manifest().optimizerSlices().get(0);
    Path checkpoint = local(directory.checkpoint(3));
    Files.write(checkpoint.resolve("model.zip"), new byte[5000]);
    Files.write(checkpoint.resolve(slice.file()), new byte[5000]);
    String zip = checkpoint.resolve("model.zip").toString();
    assertThatThrownBy(() -> RunDirectory.readModel(zip, new Configuration()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("MODEL_UNREADABLE"));
    assertDamaged(slice, "the file system reports a wrong checksum");
  }

  @Test
  void aFlippedBitInTheModelIsSeen() throws IOException {
    write(3);
    Path zip = local(directory.checkpoint(3)).resolve("model.zip");
    byte[] bytes = Files.readAllBytes(zip);
    bytes[bytes.length - 2000] ^= 0x10;
    replace(zip, bytes);
    assertThatThrownBy(() -> RunDirectory.readModel(zip.toString(), new Configuration()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("MODEL_UNREADABLE"));
  }

  @Test
  void aForeignFileIsNoModel() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no model");
    assertThatThrownBy(() -> RunDirectory.readModel(text.toString(), new Configuration()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("MODEL_UNREADABLE"));
    String nowhere = folder.resolve("nowhere").toString();
    assertThatThrownBy(() -> RunDirectory.readModel(nowhere, new Configuration()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("MODEL_NOT_FOUND"));
  }

  @Test
  void optimizerStateComesBackPerSlice() {
    write(3);
    List<OptimizerSliceFile> slices = manifest().optimizerSlices();
    for (OptimizerSliceFile slice : slices) {
      List<FlatVector> state =
          OptimizerFiles.read(directory.fileSystem(), directory.checkpoint(3), slice, 2);
      assertThat(state.get(0).length()).isEqualTo(slice.length());
      assertThat(state.get(0).floats().get(7)).isEqualTo((float) (slice.offset() + 7));
      assertThat(state.get(1).floats().get(slice.length() - 1))
          .isEqualTo((float) -(slice.offset() + slice.length() - 1));
      state.forEach(FlatVector::close);
    }
    assertThat(slices).extracting(OptimizerSliceFile::offset).containsExactly(0L, 100L);
  }

  private CheckpointManifest manifest() {
    StoredModel model = RunDirectory.readModel(folder.toString(), new Configuration());
    model.parameters().close();
    return model.manifest();
  }

  @Test
  void damagedOptimizerStateIsSeen() throws IOException {
    write(3);
    OptimizerSliceFile slice = manifest().optimizerSlices().get(1);
    Path file = local(directory.checkpoint(3)).resolve(slice.file());
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[123] ^= 1;
    replace(file, flipped);
    assertDamaged(slice, "its CRC-32C is");
    replace(file, Arrays.copyOf(whole, whole.length - 5));
    assertDamaged(slice, "it is shorter than its manifest says");
  }

  private void assertDamaged(OptimizerSliceFile slice, String problem) {
    assertThatThrownBy(
            () -> OptimizerFiles.read(directory.fileSystem(), directory.checkpoint(3), slice, 2))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("CHECKPOINT_DAMAGED");
              assertThat(e).hasMessageContaining(slice.file()).hasMessageContaining(problem);
            });
  }

  @Test
  void aFullDiskLeavesNoHalfCheckpoint() throws IOException {
    RunDirectory full = RunDirectory.open("full:" + folder, FullFileSystem.configuration());
    FullFileSystem.FREE_BYTES.set(1 << 20);
    TestCheckpoints.write(full, 3, TestCheckpoints.IDENTITY);
    for (long free : new long[] {100, 2000, 20_000, 30_000}) {
      FullFileSystem.FREE_BYTES.set(free);
      assertThatThrownBy(() -> TestCheckpoints.write(full, 6, TestCheckpoints.IDENTITY))
          .isInstanceOfSatisfying(
              SinterException.class,
              e -> {
                assertThat(e.code()).isEqualTo("DISK_FULL");
                assertThat(e.category().exitCode()).isEqualTo(4);
                assertThat(e).hasMessageContaining("step-0000000006");
              });
      assertThat(full.checkpointSteps()).containsExactly(3L);
    }
    full.removeUnfinishedCheckpoints();
    assertThat(namesIn(folder.resolve("checkpoints"))).containsExactly("step-0000000003");
  }

  @Test
  void keepsTheBestAndTheLast() throws IOException {
    write(3, 6, 9, 12);
    directory.markBestAndPrune(6, 1);
    assertThat(directory.checkpointSteps()).containsExactly(12L, 6L);
    assertThat(local(directory.bestCheckpoint().orElseThrow()).getFileName())
        .hasToString("step-0000000006");
    write(15);
    directory.markBestAndPrune(6, 2);
    assertThat(directory.checkpointSteps()).containsExactly(15L, 12L, 6L);
    directory.markBestAndPrune(15, 1);
    assertThat(directory.checkpointSteps()).containsExactly(15L);
  }

  @Test
  void aRunDirectoryMeansItsBestCheckpoint() {
    write(3, 6);
    directory.markBestAndPrune(3, 1);
    assertThat(manifest().step()).isEqualTo(3);
  }

  @Test
  void refusesACheckpointOfAnotherRunAndNamesWhatDiffers() {
    write(3);
    RunIdentity other =
        new RunIdentity(
            new TreeMap<>(
                Map.of(
                    "train.seed", "2",
                    "train.lanes", "8",
                    "sync.strategy", "gradient-sharing",
                    "model.name", "unet")),
            3,
            "fingerprint",
            4);
    assertThatThrownBy(() -> new Checkpoints(directory, "run", 0).newest(Resuming.exactly(other)))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("RESUME_MISMATCH");
              assertThat(e)
                  .hasMessageContaining("train.seed was 1 and is now 2")
                  .hasMessageContaining("train.lanes was 4 and is now 8")
                  .hasMessageContaining("optimizer.name was adam and is now not set")
                  .hasMessageContaining("model.name was not set and is now unet");
              assertThat(e.getMessage()).doesNotContain("workers").doesNotContain("dataset");
            });
  }

  @Test
  void parameterAveragingAsksForTheSameWorkers() {
    RunIdentity two = averaging(2);
    TestCheckpoints.write(directory, 3, two);
    new Checkpoints(directory, "run", 0)
        .newest(Resuming.exactly(two))
        .orElseThrow()
        .model()
        .parameters()
        .close();
    assertThatThrownBy(
            () -> new Checkpoints(directory, "run", 0).newest(Resuming.exactly(averaging(4))))
        .hasMessageContaining("cluster.workers was 2 and is now 4");
  }

  private static RunIdentity averaging(int workers) {
    return new RunIdentity(
        new TreeMap<>(Map.of("sync.strategy", "parameter-averaging")), 3, "f", workers);
  }
}
