package dev.sinter.trainer.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.checkpoint.Promotion;
import dev.sinter.trainer.checkpoint.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryDirectoryTest {
  @TempDir Path folder;
  private RegistryDirectory registry;

  @BeforeEach
  void open() {
    registry = RegistryDirectory.open(folder.resolve("registry").toString(), new Configuration());
  }

  private void add(int attempt) {
    TinyVersions.register(registry, attempt);
  }

  private void champions(int... attempts) {
    for (int attempt : attempts) {
      add(attempt);
      registry.promote(ModelVersion.nameOf(attempt), Promotion.BY_RETRAINING, attempt);
    }
  }

  /** SHA-256 of the champion as `predict --model REGISTRY` would load it. */
  private static String loaded(RegistryDirectory registry) {
    var model = RunDirectory.readModel(registry.toString(), new Configuration());
    model.parameters().close();
    return model.manifest().parametersSha256();
  }

  @Test
  void aVersionIsWholeAndComesBackAsItWas() {
    assertThat(registry.versions()).isEmpty();
    assertThat(registry.champion()).isEmpty();
    add(1);
    assertThat(registry.versions()).containsExactly(TinyVersions.version(1));
    assertThat(registry.champion()).as("registered is not promoted").isEmpty();
    assertThatThrownBy(() -> loaded(registry)).hasMessageContaining("no champion");

    Promotion promotion = registry.promote("v0001", Promotion.BY_RETRAINING, 1);
    assertThat(promotion.number()).isEqualTo(1);
    assertThat(registry.champion()).contains("v0001");
    assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(1));
    add(2);
    assertThat(loaded(registry)).as("of the champion").isEqualTo(TinyVersions.sha256(1));
    registry.promote("v0002", Promotion.BY_HAND, 0);
    assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(2));
    assertThat(registry.promotions())
        .extracting(Promotion::by)
        .containsExactly("retrain", "promote");
  }

  @Test
  void rollbacksGoFurtherBackEachTime() {
    champions(1, 2, 3);
    assertThat(registry.rollback().version()).isEqualTo("v0002");
    assertThat(registry.rollback().version()).isEqualTo("v0001");
    assertThat(catchThrowableOfType(SinterException.class, registry::rollback).code())
        .isEqualTo("ROLLBACK_IMPOSSIBLE");
    assertThat(registry.champion()).contains("v0001");
    registry.promote("v0003", Promotion.BY_HAND, 0);
    assertThat(registry.rollbackTarget()).contains("v0001");
    assertThat(registry.rollback().version()).isEqualTo("v0001");
    assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(1));
  }

  @Test
  void pruningSparesTheChampionAndWhereARollbackLeads() {
    champions(1, 2);
    for (int attempt = 3; attempt <= 7; attempt++) {
      add(attempt); // kept out, all of them
    }
    assertThat(registry.prune(2, Set.of("v0004"))).containsExactly("v0003", "v0005");
    assertThat(registry.versions())
        .extracting(ModelVersion::name)
        .containsExactly("v0001", "v0002", "v0004", "v0006", "v0007");
    assertThat(registry.rollback().version()).isEqualTo("v0001");
    assertThat(registry.prune(1, Set.of())).containsExactly("v0002", "v0004", "v0006");
    assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(1));
  }

  @Test
  void whatCannotBeLoadedDoesNotBecomeChampion() throws IOException {
    champions(1);
    add(2);
    Path zip = Path.of(registry.folderOf("v0002").toUri()).resolve("model.zip");
    byte[] whole = Files.readAllBytes(zip);
    Files.write(zip, java.util.Arrays.copyOf(whole, whole.length / 2));
    Files.deleteIfExists(zip.resolveSibling(".model.zip.crc"));
    assertThat(
            catchThrowableOfType(
                    SinterException.class, () -> registry.promote("v0002", Promotion.BY_HAND, 0))
                .code())
        .isEqualTo("MODEL_UNREADABLE");
    for (String unknown : List.of("v0003", "../v0001", "latest")) {
      assertThat(
              catchThrowableOfType(
                      SinterException.class, () -> registry.promote(unknown, Promotion.BY_HAND, 0))
                  .code())
          .isEqualTo("VERSION_NOT_FOUND");
    }
    assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(1));
  }

  /** After a power failure a file may be there and empty. */
  @Test
  void aDamagedPromotionLeavesTheChampionBefore() throws IOException {
    champions(1, 2);
    Path newest = folder.resolve("registry/promotions/0000000002.json");
    Files.deleteIfExists(newest.resolveSibling(".0000000002.json.crc"));
    Files.writeString(newest, "");
    assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(1));
    assertThat(registry.promote("v0002", Promotion.BY_HAND, 0).number()).isEqualTo(3);
    assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(2));
  }

  @Test
  void aLaterFormatIsRefused() throws IOException {
    champions(1);
    Path promotion = folder.resolve("registry/promotions/0000000001.json");
    String text = Files.readString(promotion);
    Files.deleteIfExists(promotion.resolveSibling(".0000000001.json.crc"));
    Files.writeString(promotion, text.replace("\"format_version\":1", "\"format_version\":2"));
    assertThat(catchThrowableOfType(SinterException.class, registry::champion).code())
        .isEqualTo("REGISTRY_VERSION_UNSUPPORTED");
  }

  @Test
  void aSecondProcessIsRefused() {
    try (FolderLease first = registry.lease(holder -> {})) {
      SinterException refused =
          catchThrowableOfType(SinterException.class, () -> registry.lease(holder -> {}).close());
      assertThat(refused.code()).isEqualTo("REGISTRY_IN_USE");
      first.requireHeld();
    }
    registry.lease(holder -> {}).close();
    assertThat(folder.resolve("registry")).doesNotExist();
  }

  /** Wherever a process dies, there is a whole champion, and doing it again ends alike. */
  @Test
  void everyChangeLeavesAWholeChampion() throws IOException {
    Configuration mortal = new Configuration();
    mortal.set("fs.file.impl", DyingFileSystem.class.getName());
    mortal.setBoolean("fs.file.impl.disable.cache", true);
    int deaths = 0;
    for (boolean died = true; died; deaths++) {
      Path here = folder.resolve("dies-" + deaths);
      registry = RegistryDirectory.open(here.toString(), new Configuration());
      champions(1, 2);
      RegistryDirectory dying = RegistryDirectory.open(here.toString(), mortal);
      DyingFileSystem.dieAfter(deaths);
      died = dies(dying);
      assertThat(loaded(registry))
          .as("after %d changes", deaths)
          .isIn(TinyVersions.sha256(2), TinyVersions.sha256(3));
      assertThat(registry.versions())
          .allSatisfy(
              version ->
                  RunDirectory.readModel(
                          registry.folderOf(version.name()).toString(), new Configuration())
                      .parameters()
                      .close());
      DyingFileSystem.dieAfter(Integer.MAX_VALUE);
      publishThird(dying);
      assertThat(loaded(registry)).isEqualTo(TinyVersions.sha256(3));
      assertThat(registry.versions())
          .extracting(ModelVersion::name)
          .containsExactly("v0002", "v0003");
      try (Stream<Path> files = Files.walk(here)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .noneMatch(name -> name.startsWith(".") && !name.endsWith(".crc"));
      }
    }
    assertThat(deaths).as("changes").isGreaterThan(10);
  }

  private static boolean dies(RegistryDirectory registry) {
    try {
      publishThird(registry);
      return false;
    } catch (SinterException e) {
      assertThat(e).hasMessageContaining("the process was killed");
      return true;
    }
  }

  private static void publishThird(RegistryDirectory registry) {
    registry.sweep();
    TinyVersions.register(registry, 3);
    if (!registry.champion().equals(java.util.Optional.of("v0003"))) {
      registry.promote("v0003", Promotion.BY_RETRAINING, 3);
    }
    registry.prune(1, Set.of());
  }
}
