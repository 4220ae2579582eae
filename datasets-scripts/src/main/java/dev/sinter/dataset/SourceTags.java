package dev.sinter.dataset;

import dev.sinter.dataset.source.dicom.DicomFacts;
import dev.sinter.dataset.source.dicom.DicomReader;
import java.io.Serializable;

/**
 * What a file itself says of its patient and its picture. Runs on executors: the patient is hashed
 * there, and no other text of the file goes further.
 *
 * @param patient salted hash; empty when the file names none
 * @param burnedIn whether its pixels show text that may name the patient
 */
record SourceTags(String patient, boolean burnedIn) implements Serializable {
  /** The file says neither. */
  static final SourceTags NONE = new SourceTags("", false);

  static SourceTags of(String shown, byte[] content, SourceNames names) {
    if (!DicomReader.matches(content)) {
      return NONE;
    }
    DicomFacts facts = DicomReader.facts(shown, content);
    DicomFacts.Identity identity = facts.patient();
    return new SourceTags(
        identity.isKnown() ? names.patient(identity.issuer() + "\0" + identity.id()) : "",
        facts.burnedIn() == DicomFacts.BurnedIn.YES);
  }
}
