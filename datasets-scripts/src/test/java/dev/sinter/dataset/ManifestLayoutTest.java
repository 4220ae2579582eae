package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestLayoutTest {
  @TempDir Path folder;
  private TinyCollection collection;

  @BeforeEach
  void files() throws IOException {
    collection = new TinyCollection(folder);
    for (String name : List.of("in/a/001.png", "in/a/002.png", "in/b/010.png", "in/b/x.png")) {
      collection.text(name, name);
    }
  }

  private Layout layout(Task task, ManifestColumns columns) {
    PrepareRequest request =
        PrepareRequest.of(folder.resolve("in").toString(), folder + "/out", task)
            .withCollection(new CollectionPlan(columns, Fold.NONE));
    return Layout.of(request, new Configuration());
  }

  private ManifestColumns columns(String table) {
    return new ManifestColumns(
        folder.resolve(table).toString(), "file", "label", List.of(), "", "who", "part");
  }

  private static String text(Layout layout, SourceEntry entry) {
    String label = entry.label() < 0 ? "" : layout.classes.get(entry.label());
    return String.join(" ", entry.relative(), label, entry.givenPatient(), entry.givenSplit());
  }

  @Test
  void findsFilesByPathNameStemOrNumber() throws IOException {
    collection.text(
        "labels.csv",
        """
        file,label,who,part
        a/001.png,10,ann,train
        002.png,2,bob,Validation
        10,10,cid,test
        """);
    Layout layout = layout(Task.CLASSIFICATION, columns("labels.csv"));
    assertThat(layout.classes).containsExactly("2", "10");
    assertThat(layout.entries.stream().map(e -> text(layout, e)))
        .containsExactly("a/001.png 10 ann train", "a/002.png 2 bob val", "b/010.png 10 cid test");
    assertThat(layout.rejections)
        .singleElement()
        .satisfies(r -> assertThat(r.path() + " " + r.code()).isEqualTo("b/x.png NOT_IN_MANIFEST"));
    assertThat(layout.listed).isEqualTo(3);
  }

  @Test
  void readsParquetLikeCsv() throws IOException {
    MessageType type =
        MessageTypeParser.parseMessageType(
            "message t { required binary file (STRING); optional int32 label;"
                + " required binary who (STRING); optional binary part (STRING); }");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(
                new org.apache.hadoop.fs.Path(folder.resolve("t/part-0.parquet").toUri()))
            .withType(type)
            .build()) {
      SimpleGroupFactory groups = new SimpleGroupFactory(type);
      writer.write(groups.newGroup().append("file", "001").append("label", 3).append("who", "ann"));
      writer.write(groups.newGroup().append("file", "x").append("label", 4).append("who", "bob"));
      writer.write(groups.newGroup().append("file", "002").append("who", "bob"));
    }
    Layout layout = layout(Task.CLASSIFICATION, columns("t"));
    assertThat(layout.entries.stream().map(e -> text(layout, e)))
        .containsExactly("a/001.png 3 ann ", "b/x.png 4 bob ");
    assertThat(layout.rejections).extracting(Rejection::code).contains("LABEL_MISSING");
  }

  @Test
  void rejectsRowsThatSayNothingOrTwoThings() throws IOException {
    collection.text("in/c/x.png", "another of this name");
    collection.text(
        "labels.csv",
        """
        file,label,who,part
        001,cat,ann,
        001,dog,ann,
        002,cat,,
        010,cat,bob,sometimes
        x.png,cat,bob,
        gone.png,cat,bob,
        """);
    Layout layout = layout(Task.CLASSIFICATION, columns("labels.csv"));
    assertThat(layout.entries).isEmpty();
    assertThat(layout.rejections)
        .extracting(r -> r.path() + " " + r.code())
        .containsExactlyInAnyOrder(
            "x.png MANIFEST_FILE_AMBIGUOUS",
            "gone.png MANIFEST_FILE_MISSING",
            "a/001.png MANIFEST_ROWS_CONFLICT",
            "a/002.png PATIENT_MISSING",
            "b/010.png MANIFEST_SPLIT_UNKNOWN",
            "b/x.png NOT_IN_MANIFEST",
            "c/x.png NOT_IN_MANIFEST");
  }

  @Test
  void readsAColumnForEachClass() throws IOException {
    collection.text("hot.csv", "file,cat,dog\n001,1.0,0.0\n002,0,1\n010,1,1\nx,0,0\n");
    Layout layout =
        layout(
            Task.CLASSIFICATION,
            new ManifestColumns(
                folder.resolve("hot.csv").toString(),
                "file",
                "",
                List.of("dog", "cat"),
                "",
                "",
                ""));
    assertThat(layout.classes).containsExactly("dog", "cat");
    assertThat(layout.entries.stream().map(e -> text(layout, e)))
        .containsExactly("a/001.png cat  ", "a/002.png dog  ");
    assertThat(layout.rejections)
        .extracting(Rejection::code)
        .containsExactlyInAnyOrder("LABELS_NOT_EXCLUSIVE", "LABEL_MISSING");
  }

  @Test
  void pairsImagesWithTheMasksOfTheirRows() throws IOException {
    collection.text("pairs.csv", "file,mask\na/001.png,b/010.png\na/002.png,b/gone.png\n");
    Layout layout =
        layout(
            Task.SEGMENTATION,
            new ManifestColumns(
                folder.resolve("pairs.csv").toString(), "file", "", List.of(), "mask", "", ""));
    assertThat(layout.entries)
        .singleElement()
        .satisfies(e -> assertThat(e.relative() + " " + e.mask()).isEqualTo("a/001.png b/010.png"));
    assertThat(layout.rejections)
        .extracting(r -> r.path() + " " + r.code())
        .containsExactlyInAnyOrder("a/002.png MASK_MISSING", "b/x.png NOT_IN_MANIFEST");
  }

  @Test
  void givesPatientsToClassFolders() throws IOException {
    collection.text("labels.csv", "file,who\n001,ann\n002,ann\n010,bob\nx,cid\n");
    Layout layout =
        layout(
            Task.CLASSIFICATION,
            new ManifestColumns(
                folder.resolve("labels.csv").toString(), "file", "", List.of(), "", "who", ""));
    assertThat(layout.classes).containsExactly("a", "b");
    assertThat(layout.entries)
        .extracting(SourceEntry::patient)
        .containsExactly("ann", "ann", "bob", "cid");
  }

  @Test
  void refusesTablesThatCannotBeRead() throws IOException {
    collection.text("labels.csv", "file,class\n001,cat\n");
    assertFails(columns("labels.csv"), "MANIFEST_COLUMN_UNKNOWN");
    assertFails(columns("none.csv"), "PATH_NOT_FOUND");
    collection.text("cut.parquet", "PAR1 and no more");
    assertFails(columns("cut.parquet"), "MANIFEST_UNREADABLE");
  }

  private void assertFails(ManifestColumns columns, String code) {
    assertThatThrownBy(() -> layout(Task.CLASSIFICATION, columns))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
