package dev.sinter.dataset;

import dev.sinter.dataset.source.dicom.DicomFacts;
import dev.sinter.dataset.source.dicom.DicomReader;
import java.io.Serializable;

/**
 * What a file itself says of its patient and its picture. Runs on executors: the patient is hashed
 * there, and no other text of the file goes further.
 *
 * @param patient salted hash of the patient's id, else of the study; empty when the file names none
 * @param burnedIn whether its pixels show text that may name the patient
 */
record SourceTags(String patient, boolean burnedIn) implements Serializable {
  /** The file says neither. */
  static final SourceTags NONE = new SourceTags("", false);

  static SourceTags of(String shown, byte[] content, SourceNames names) {
    if (!DicomReader.matches(content)) {
      return NONE;
    }
    return of(DicomReader.facts(shown, content), names);
  }

  static SourceTags of(DicomFacts facts, SourceNames names) {
    return new SourceTags(patient(facts, names), facts.burnedIn() == DicomFacts.BurnedIn.YES);
  }

  /**
   * Without the issuer: writers of one patient's files give it in some and leave it out in others,
   * and a patient in two splits is worse than two in one. A study is of one patient, whatever was
   * removed from its files.
   */
  private static String patient(DicomFacts facts, SourceNames names) {
    String id = facts.patient().id().strip();
    String study = facts.studyUid().strip();
    if (!id.isEmpty()) {
      return names.patient(id);
    }
    return study.isEmpty() ? "" : names.patient("study " + study);
  }
}
