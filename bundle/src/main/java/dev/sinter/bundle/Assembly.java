package dev.sinter.bundle;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the jar for spark-submit and the archive around it. Run by the build. */
public final class Assembly {
  /**
   * Folders and files of the repository that a user of the bundle needs; those missing are left
   * out.
   */
  private static final List<String> CONTENTS =
      List.of(
          "CHANGELOG.md",
          "LICENSE",
          "README.md",
          "cluster-configs",
          "datasets-scripts/fetch",
          "docs",
          "notebooks",
          "samples");

  private static final Pattern DL4J = Pattern.compile("deeplearning4j-nn-(.+)\\.jar");

  private Assembly() {}

  /** Arguments: name, version, time, file with the class path, root of the repository, target. */
  public static void main(String[] arguments) throws IOException {
    String name = arguments[0];
    ArchiveTime time = new ArchiveTime(Instant.parse(arguments[2]));
    List<Path> jars =
        Pattern.compile(File.pathSeparator)
            .splitAsStream(Files.readString(Path.of(arguments[3])).strip())
            .map(Path::of)
            .toList();
    Path root = Path.of(arguments[4]);
    Path target = Path.of(arguments[5]);

    Path jar = target.resolve(name + ".jar");
    try (MergedJar merged = new MergedJar(jar, manifest(arguments[1], jars), time)) {
      for (Path each : jars) {
        merged.add(each);
      }
    }
    try (PackedFolder archive = new PackedFolder(target.resolve(name + ".tar.gz"), name, time)) {
      archive.add(jar, name + ".jar");
      Path bill = target.resolve(name + ".cdx.json");
      if (Files.exists(bill)) {
        archive.add(bill, bill.getFileName().toString());
      } else {
        System.out.println("The archive has no bill of materials: Maven makes none offline (-o).");
      }
      archive.add(root.resolve("bundle/src/main/dist/sinter"), "sinter");
      for (String content : CONTENTS) {
        if (Files.exists(root.resolve(content))) {
          archive.add(root.resolve(content), content);
        }
      }
    }
  }

  private static Manifest manifest(String version, List<Path> jars) {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, "dev.sinter.trainer.cli.Sinter");
    main.put(Attributes.Name.IMPLEMENTATION_TITLE, "Sinter");
    main.put(Attributes.Name.IMPLEMENTATION_VERSION, version);
    main.put(Attributes.Name.MULTI_RELEASE, "true");
    for (Path jar : jars) {
      Matcher dl4j = DL4J.matcher(jar.getFileName().toString());
      if (dl4j.matches()) { // which Sinter asks its package for
        Attributes itsPackage = new Attributes();
        itsPackage.put(Attributes.Name.IMPLEMENTATION_VERSION, dl4j.group(1));
        manifest.getEntries().put("org/deeplearning4j/nn/graph/", itsPackage);
      }
    }
    return manifest;
  }
}
