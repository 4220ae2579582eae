package dev.sinter.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/**
 * What a collection says before any file is opened: classes, given splits, patients, which mask
 * belongs to an image. Driver only.
 */
final class Layout {
  private final PrepareRequest request;
  private final PatientPattern pattern;
  private final SourceEntry.Place place;
  private Optional<ManifestJoin> table = Optional.empty();
  final List<SourceEntry> entries = new ArrayList<>();
  final List<Rejection> rejections = new ArrayList<>();
  List<String> classes = List.of();

  /** Whether the classes are names of folders, which may then be shown. */
  boolean classesAreFolders;

  /** Names of mask values, where the collection declares them. */
  final SortedMap<Integer, String> declaredMasks = new TreeMap<>();

  int listed;

  /** Rejections that are the collection's habit, not damage: not counted against the limit. */
  int harmless;

  private Layout(PrepareRequest request, SourceEntry.Place place) {
    this.request = request;
    this.pattern = new PatientPattern(request);
    this.place = place;
  }

  static List<String> parts(String relative) {
    return Arrays.asList(relative.split("/", -1));
  }

  static Layout of(PrepareRequest request, Configuration configuration) {
    List<FileListing.Item> items = FileListing.of(request.input(), configuration);
    List<FileListing.Item> masks =
        request.masks().isEmpty() ? List.of() : FileListing.of(request.masks(), configuration);
    String input = items.isEmpty() ? "" : items.get(0).folder();
    if (!masks.isEmpty() && !masks.get(0).folder().equals(input)) {
      String folder = masks.get(0).folder() + "/";
      items.removeIf(item -> item.path().startsWith(folder));
    }
    Layout layout =
        new Layout(
            request, new SourceEntry.Place(input, masks.isEmpty() ? input : masks.get(0).folder()));
    ManifestColumns columns = request.collection().manifest();
    if (columns.isGiven()) {
      items = ManifestRows.withoutTable(items, columns, configuration);
      layout.table = Optional.of(ManifestJoin.of(columns, items, configuration));
    }
    layout.listed = items.size();
    layout.fill(items, masks, configuration);
    layout.refuseNothing();
    layout.entries.sort(Comparator.comparing(SourceEntry::relative));
    return layout;
  }

  /** The layout of class folders, of files that were listed. */
  static Layout ofClassFolders(PrepareRequest request, List<FileListing.Item> items) {
    String input = items.get(0).folder();
    Layout layout = new Layout(request, new SourceEntry.Place(input, input));
    layout.listed = items.size();
    ClassFolders.fill(layout, items);
    layout.entries.sort(Comparator.comparing(SourceEntry::relative));
    return layout;
  }

  private void fill(
      List<FileListing.Item> items, List<FileListing.Item> masks, Configuration configuration) {
    table.ifPresent(join -> join.reportMissing(this));
    Optional<JsonNode> cases = CaseFolders.description(request, configuration);
    boolean labelled = request.collection().manifest().hasLabels();
    if (request.task() == Task.CLASSIFICATION && labelled) {
      table.orElseThrow().classify(this, items);
    } else if (request.task() == Task.CLASSIFICATION && ContainerArrays.matches(items)) {
      listed = 0; // samples count, not the files that hold them
      ContainerArrays.fill(this, items, configuration);
    } else if (request.task() == Task.CLASSIFICATION) {
      ClassFolders.fill(this, items);
    } else if (!request.collection().manifest().mask().isEmpty()) {
      table.orElseThrow().pair(this, items, masks.isEmpty() ? items : masks);
    } else if (cases.isPresent() && request.masks().isEmpty()) {
      CaseFolders.fill(this, items, cases.get());
    } else if (request.masks().isEmpty()) {
      MaskPairs.fillWithin(this, items);
    } else {
      MaskPairs.fill(this, items, masks);
    }
  }

  private void refuseNothing() {
    if (entries.isEmpty() && rejections.size() == harmless) {
      throw DatasetErrors.data(
          "NO_IMAGES_FOUND",
          request.input() + ": no images in the expected folders",
          request.task() == Task.CLASSIFICATION
              ? "Put the images of each class into a folder of its own, or give a manifest."
              : "Give the folder of masks, or folders images/ and labels/ below the input.");
    }
  }

  PrepareRequest request() {
    return request;
  }

  /** Names that show no more folders than this collection allows. */
  SourceNames names() {
    return new SourceNames(request.salt(), classesAreFolders ? classes : List.of());
  }

  void add(FileListing.Item item, int label, String split) {
    add(item, Optional.empty(), List.of(), label, split, "");
  }

  /** Takes a sample of a container. */
  void addMember(FileListing.Item item, SourceEntry.Member member, int label, String split) {
    entries.add(
        new SourceEntry(
            place,
            item.relative(),
            "",
            List.of(),
            member,
            label,
            split,
            pattern.find(item.relative()).orElse(""),
            item.bytes(),
            item.stamp()));
  }

  /**
   * Takes a source.
   *
   * @param channels all files of its channels; empty when it is one file
   * @param split that the folders give; a table's goes before it
   * @param patient that the layout knows; pattern and table go before it
   */
  void add(
      FileListing.Item item,
      Optional<FileListing.Item> mask,
      List<FileListing.Item> channels,
      int label,
      String split,
      String patient) {
    String givenPatient = pattern.find(item.relative()).orElse(patient);
    String givenSplit = split;
    if (table.isPresent()) {
      Optional<ManifestJoin.Row> row = table.get().row(this, item);
      if (row.isEmpty()) {
        return;
      }
      givenPatient = row.get().patient().isEmpty() ? givenPatient : row.get().patient();
      givenSplit = row.get().split().isEmpty() ? split : row.get().split();
    }
    long stamp = mask.map(FileListing.Item::stamp).orElse(0L);
    for (FileListing.Item file : channels.isEmpty() ? List.of(item) : channels) {
      stamp = stamp * 31 + file.stamp();
    }
    entries.add(
        new SourceEntry(
            place,
            item.relative(),
            mask.map(FileListing.Item::relative).orElse(""),
            channels.stream().map(FileListing.Item::relative).toList(),
            SourceEntry.Member.NONE,
            label,
            givenSplit,
            givenPatient,
            item.bytes(),
            stamp));
  }

  /** A file's own word on its patient counts where nothing else says who that is. */
  void useTags(int index, SourceTags tags) {
    SourceEntry entry = entries.get(index);
    if (entry.givenPatient().isEmpty() && !tags.patient().isEmpty()) {
      entries.set(index, entry.withPatient("dicom " + tags.patient()));
    }
  }

  /** Labels count other classes from now on, which hold all of these. */
  void useClasses(List<String> others) {
    for (int i = 0; i < entries.size(); i++) {
      SourceEntry entry = entries.get(i);
      entries.set(i, entry.withLabel(others.indexOf(classes.get(entry.label()))));
    }
    classes = others;
  }

  void reject(FileListing.Item item, String code, String message) {
    reject(item.relative(), code, message);
  }

  void reject(String relative, String code, String message) {
    rejections.add(new Rejection(relative, code, message));
  }

  void harmless(FileListing.Item item, String code, String message) {
    reject(item, code, message);
    harmless++;
    listed--;
  }
}
