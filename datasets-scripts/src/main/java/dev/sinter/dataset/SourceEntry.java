package dev.sinter.dataset;

import java.io.Serializable;
import java.util.List;

/**
 * A source that was listed: a file, or the files of its channels.
 *
 * <p>There may be millions on the driver: paths are kept once, below their shared folders.
 *
 * @param place the folders that the relative paths are below
 * @param relative path of the file, or of the first channel's, below the input
 * @param mask path of its mask below the folder of masks; empty without one
 * @param channels relative paths of all channels, when each is a file; else empty
 * @param member where it lies within a container; {@link Member#NONE} for a file
 * @param label class index; -1 without one
 * @param givenSplit split that the collection gives; empty when it gives none
 * @param givenPatient key of its patient, not hashed; empty: the file is a patient of its own
 * @param bytes size of the file
 * @param stamp changes with size or time of change of any of its files
 */
record SourceEntry(
    Place place,
    String relative,
    String mask,
    List<String> channels,
    Member member,
    int label,
    String givenSplit,
    String givenPatient,
    long bytes,
    long stamp)
    implements Serializable {

  /**
   * Folders of a collection.
   *
   * @param input URI of the images' folder, without a slash at its end
   * @param masks URI of the masks' folder; the same where masks lie below the input
   */
  record Place(String input, String masks) implements Serializable {}

  /**
   * One sample of a file that holds many.
   *
   * @param file relative path of the container
   * @param array name of the array
   * @param index of the sample within the array
   */
  record Member(String file, String array, int index) implements Serializable {
    /** The source is a file of its own. */
    static final Member NONE = new Member("", "", 0);

    boolean isGiven() {
      return !file.isEmpty();
    }
  }

  /** Full URI of the file, of the first channel, or of the container. */
  String path() {
    return place.input() + "/" + (member.isGiven() ? member.file() : relative);
  }

  /** Full URI of its mask; empty without one. */
  String maskPath() {
    return mask.isEmpty() ? "" : place.masks() + "/" + mask;
  }

  /** Key of its patient, not hashed. Without a given one: path and stem of the file. */
  String patient() {
    if (!givenPatient.isEmpty()) {
      return givenPatient;
    }
    int slash = relative.lastIndexOf('/');
    return relative.substring(0, slash + 1) + SourceNames.stem(relative.substring(slash + 1));
  }

  SourceEntry withPatient(String patient) {
    return new SourceEntry(
        place, relative, mask, channels, member, label, givenSplit, patient, bytes, stamp);
  }

  SourceEntry withLabel(int other) {
    return new SourceEntry(
        place, relative, mask, channels, member, other, givenSplit, givenPatient, bytes, stamp);
  }
}
