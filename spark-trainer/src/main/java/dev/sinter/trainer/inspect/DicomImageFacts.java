package dev.sinter.trainer.inspect;

import dev.sinter.dataset.source.PixelSummary;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.dicom.DicomFacts;
import dev.sinter.dataset.source.dicom.DicomImage;
import dev.sinter.dataset.source.dicom.DicomReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of a DICOM file: its stored words, as other tools show them, and what they mean. Nothing
 * that names the patient is among them, no UID either.
 */
final class DicomImageFacts {
  private DicomImageFacts() {}

  static Map<String, Object> of(String path, byte[] content) {
    DicomImage image = DicomReader.image(path, content);
    Map<String, Object> facts = ImageFacts.of(image.storedSource());
    if (image.photometric().isMonochrome()) {
      RawSource source = image.rescaledSource();
      PixelSummary values = PixelSummary.of(source);
      facts.put("rescaled_min", values.rescaled().min());
      facts.put("rescaled_max", values.rescaled().max());
      facts.put("rescaled_mean", values.rescaled().mean());
      facts.put("notes", source.notes());
    }
    facts.put("dicom", dicom(image.facts()));
    return facts;
  }

  private static Map<String, Object> dicom(DicomFacts facts) {
    Map<String, Object> dicom = new LinkedHashMap<>();
    dicom.put("transfer_syntax", facts.transferSyntax());
    dicom.put("sop_class", facts.sopClass());
    dicom.put("modality", facts.modality());
    dicom.put("photometric", facts.photometric().key());
    dicom.put("frames", facts.frames());
    dicom.put("laterality", facts.laterality());
    dicom.put("view_position", facts.viewPosition());
    dicom.put("burned_in_annotation", facts.burnedIn().name().toLowerCase(java.util.Locale.ROOT));
    dicom.put("patient_id_known", facts.patient().isKnown());
    dicom.put(
        "windows",
        facts.windows().stream().map(window -> List.of(window.center(), window.width())).toList());
    return dicom;
  }
}
