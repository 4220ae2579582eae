package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;

/**
 * What became of one file.
 *
 * @param path relative path below the input
 * @param predicted class index; -1 for a mask or a rejected file
 * @param probabilities per class; empty for a mask or a rejected file
 * @param errorCode why it was rejected; empty when it was predicted
 * @param errorMessage the sentence to it
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
record PredictedFile(
    String path, int predicted, float[] probabilities, String errorCode, String errorMessage)
    implements Serializable {

  static PredictedFile ofClass(String path, float[] probabilities) {
    int best = 0;
    for (int c = 1; c < probabilities.length; c++) {
      best = probabilities[c] > probabilities[best] ? c : best;
    }
    return new PredictedFile(path, best, probabilities, "", "");
  }

  static PredictedFile ofMask(String path) {
    return new PredictedFile(path, -1, new float[0], "", "");
  }

  static PredictedFile rejected(String path, String code, String message) {
    return new PredictedFile(path, -1, new float[0], code, message);
  }
}
