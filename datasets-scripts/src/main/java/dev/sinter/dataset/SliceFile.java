package dev.sinter.dataset;

import dev.sinter.dataset.source.dicom.DicomFacts;
import dev.sinter.dataset.source.dicom.DicomReader;
import dev.sinter.dataset.source.dicom.DicomSeries;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/**
 * What the driver needs to know of one file of a DICOM series.
 *
 * @param index of the file in the listing
 * @param volume salted hash of what the files of one volume have in common; empty when unknown
 * @param patient salted hash, as {@code prepare} makes it
 * @param study salted hash
 * @param modality such as {@code CT}
 * @param code why the file is not taken; empty when it is
 * @param message the same in words that hold nothing of the path
 */
record SliceFile(
    int index,
    String volume,
    String patient,
    String study,
    String modality,
    String code,
    String message)
    implements Serializable {

  /** Runs on executors. */
  static SliceFile of(
      int index,
      FileListing.Item item,
      BurnedIn policy,
      SourceNames names,
      Configuration configuration) {
    String shown = names.hidden(item.relative(), "");
    try {
      byte[] content = new HadoopSourceFile(item.path(), configuration).content();
      if (!DicomReader.matches(content)) {
        return rejected(index, "NOT_DICOM", "it is no DICOM file");
      }
      DicomFacts facts = DicomReader.facts(shown, content);
      SourceTags tags = SourceTags.of(facts, names);
      String key = facts.seriesUid().isEmpty() ? item.relative() : DicomSeries.key(facts);
      boolean refused = tags.burnedIn() && policy == BurnedIn.REJECT;
      return new SliceFile(
          index,
          names.sourceId(key),
          tags.patient().isEmpty() ? names.patient("series " + key) : tags.patient(),
          facts.studyUid().isEmpty() ? "" : names.sourceId("study " + facts.studyUid()),
          facts.modality(),
          refused ? "BURNED_IN_ANNOTATION" : "",
          refused ? "a file says that its pixels show text, which may name the patient" : "");
    } catch (SinterException e) {
      return rejected(index, e.code(), e.getMessage());
    } catch (IOException e) { // a volume without this slice would be a wrong one
      throw DatasetErrors.unreadableBelow(shown, e);
    } catch (OutOfMemoryError e) {
      return rejected(index, "IMAGE_TOO_LARGE", "it does not fit into the task's memory");
    } catch (RuntimeException e) { // one file must not end the run; its message may hold anything
      String kind = e.getClass().getSimpleName();
      return rejected(index, "IMAGE_UNREADABLE", "it cannot be decoded: " + kind);
    }
  }

  private static SliceFile rejected(int index, String code, String message) {
    return new SliceFile(index, "", "", "", "", code, message);
  }

  boolean isTaken() {
    return code.isEmpty();
  }

  /** Whether it is known which volume it belongs to. */
  boolean isOfVolume() {
    return !volume.isEmpty();
  }
}
