package dev.sinter.trainer.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown page of the repository and its fenced blocks; CONTRIBUTING.md says how they are
 * labelled.
 *
 * @param name path below the repository
 */
record DocumentedPage(String name, String text) {
  static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  private static final Set<String> NO_PAGES = Set.of("target", "runs", "node_modules", "src");
  private static final Pattern FENCE = Pattern.compile("^( *)```+ *(\\S*) ?(\\S*).*$");

  /** All pages, sorted. */
  static List<DocumentedPage> all() throws IOException {
    Set<Path> files = new TreeSet<>();
    Files.walkFileTree(
        REPOSITORY,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            return !folder.equals(REPOSITORY) && (NO_PAGES.contains(name) || name.startsWith("."))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    List<DocumentedPage> pages = new ArrayList<>();
    for (Path file : files) {
      pages.add(new DocumentedPage(REPOSITORY.relativize(file).toString(), Files.readString(file)));
    }
    return pages;
  }

  /**
   * The pages with a block that a test runs; with the property {@code sinter.page} those alone
   * whose names contain it.
   */
  static List<DocumentedPage> with(Predicate<DocumentedBlock> runnable) throws IOException {
    String part = System.getProperty("sinter.page", "");
    return all().stream()
        .filter(page -> page.name().contains(part))
        .filter(page -> page.blocks().stream().anyMatch(runnable))
        .toList();
  }

  /** A page by its path below the repository. */
  static DocumentedPage of(String name) throws IOException {
    return new DocumentedPage(name, Files.readString(REPOSITORY.resolve(name)));
  }

  /** Its fenced blocks, in order. */
  List<DocumentedBlock> blocks() {
    List<DocumentedBlock> blocks = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        int begin = i + 1;
        String indent = fence.group(1);
        StringBuilder content = new StringBuilder();
        for (i++; i < lines.size() && !lines.get(i).strip().matches("```+"); i++) {
          String line = lines.get(i);
          content.append(line.startsWith(indent) ? line.substring(indent.length()) : line);
          content.append('\n');
        }
        blocks.add(new DocumentedBlock(begin, fence.group(2), fence.group(3), content.toString()));
      }
    }
    return blocks;
  }

  /** The text outside of fenced blocks; lines keep their numbers. */
  List<String> prose() {
    List<String> prose = new ArrayList<>();
    boolean fenced = false;
    for (String line : text.lines().toList()) {
      boolean fence = FENCE.matcher(line).matches();
      prose.add(fenced || fence ? "" : line);
      fenced ^= fence;
    }
    return prose;
  }

  /** A block for a failure's message. */
  String at(DocumentedBlock block) {
    return name + ":" + block.line();
  }

  @Override
  public String toString() {
    return name;
  }
}
