package dev.sinter.dataset.source;

import java.io.Serializable;

/**
 * What makes values of stored numbers: {@code stored * slope + intercept}.
 *
 * @param slope NIfTI's scl_slope, DICOM's Rescale Slope; never 0, NaN or infinite
 * @param intercept NIfTI's scl_inter, DICOM's Rescale Intercept; finite
 */
public record Scaling(double slope, double intercept) implements Serializable {
  /** Values are what is stored. */
  public static final Scaling NONE = new Scaling(1, 0);

  /** Refuses what would make every value equal or none a number. */
  public Scaling {
    if (slope == 0 || !Double.isFinite(slope) || !Double.isFinite(intercept)) {
      throw new IllegalArgumentException("slope " + slope + ", intercept " + intercept);
    }
  }

  /** Whether values are what is stored. */
  public boolean isNone() {
    return slope == 1 && intercept == 0;
  }

  /** The value of a stored number. */
  public double apply(double stored) {
    return isNone() ? stored : stored * slope + intercept;
  }
}
