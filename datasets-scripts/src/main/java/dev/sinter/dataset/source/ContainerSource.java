package dev.sinter.dataset.source;

import java.util.List;

/**
 * A file that holds many samples: named arrays whose first axis counts them, as in MedMNIST's
 * {@code .npz} ({@code train_images}, {@code train_labels}, ...).
 */
public interface ContainerSource {

  /** Name of the file format. */
  String format();

  /** The arrays, in file order; known from their headers, nothing is decoded. */
  List<Entry> entries();

  /**
   * Decodes one array.
   *
   * @throws dev.sinter.error.SinterException {@code ARRAY_NOT_FOUND}, or the code of its reader
   */
  RawArray array(String name);

  /**
   * One array of a container.
   *
   * @param name as stored, without an extension
   * @param shape slowest axis first
   * @param type of its values
   */
  record Entry(String name, List<Integer> shape, VoxelType type) {

    /** Copies the list. */
    public Entry {
      shape = List.copyOf(shape);
    }
  }
}
