package dev.sinter.trainer.registry;

import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.Promotion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * What a retraining keeps in its registry: the attempt under way, and decisions. Each file is
 * written once; which of them are there says how far an attempt has come.
 */
public final class RetrainingFiles {
  private static final String DECISIONS = "decisions";

  private final RegistryDirectory registry;
  private final RegistryFiles files;
  private final Path attempt;

  /** Of a registry. */
  public RetrainingFiles(RegistryDirectory registry) {
    this.registry = registry;
    this.files = registry.files();
    this.attempt = registry.resolve("attempt");
  }

  /**
   * Notes that the first preparation of a dataset begins, in a folder that is empty.
   *
   * @param output that folder
   */
  public void notePreparation(String output) {
    files.remove(attempt);
    files.write(preparationFile(), Map.of("format_version", 1, "output", output));
  }

  /** Whether the first preparation into a folder has begun, and it is not known that it ended. */
  public boolean prepares(String output) {
    return files
        .read(preparationFile(), Map.class)
        .filter(noted -> output.equals(noted.get("output")))
        .isPresent();
  }

  private Path preparationFile() {
    return new Path(attempt, "preparation.json");
  }

  /** The attempt that was begun and not finished. */
  public Optional<Attempt> attempt() {
    return files.read(new Path(attempt, "attempt.json"), Attempt.class);
  }

  /** Begins an attempt; what lies there of another one goes. */
  public void begin(Attempt begun) {
    files.remove(attempt);
    files.write(new Path(attempt, "attempt.json"), begun);
  }

  /** Where an attempt trains. */
  public Path run() {
    return new Path(attempt, "run");
  }

  /** What the attempt's measuring gave, once it is done. */
  public Optional<Measured> measured() {
    return files.read(measuredFile(), Measured.class);
  }

  /** Notes what the attempt's measuring gave. */
  public void write(Measured measured) {
    files.write(measuredFile(), measured);
  }

  private Path measuredFile() {
    return new Path(attempt, "comparison.json");
  }

  /** Ends an attempt, in one step. */
  public void end() {
    files.remove(attempt);
  }

  /** Gives an attempt up of which nothing was decided, and the version that came of it. */
  public void giveUp(Attempt given) {
    registry.remove(given.version());
    files.remove(attempt);
  }

  /** The decision of an attempt. */
  public Optional<Decision> decision(int number) {
    return files.read(decisionFile(number), Decision.class);
  }

  /** The last decision. */
  public Optional<Decision> lastDecision() {
    List<String> names = files.names(registry.resolve(DECISIONS), "\\d{4,9}\\.json");
    return names.isEmpty()
        ? Optional.empty()
        : decision(Integer.parseInt(names.get(names.size() - 1).replace(".json", "")));
  }

  /** Writes a decision down. From here on it stands. */
  public void write(Decision decision) {
    Path json = decisionFile(decision.attempt());
    AtomicFiles.writeText(
        files.fileSystem(),
        new Path(json.getParent(), json.getName().replace(".json", ".txt")),
        decision.toText());
    files.write(json, decision);
  }

  private Path decisionFile(int number) {
    return registry.resolve(DECISIONS + "/" + String.format(Locale.ROOT, "%04d.json", number));
  }

  /** A number that no attempt, version or decision had. */
  public int nextNumber() {
    int decided = lastDecision().map(Decision::attempt).orElse(0);
    int registered = registry.versions().stream().mapToInt(ModelVersion::attempt).max().orElse(0);
    return Math.max(decided, registered) + 1;
  }

  /** Whether what an attempt's decision asks for was done already. */
  public boolean hasPromoted(int number) {
    return registry.promotions().stream()
        .anyMatch(
            promotion ->
                promotion.by().equals(Promotion.BY_RETRAINING) && promotion.attempt() == number);
  }
}
