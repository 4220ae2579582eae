package dev.sinter.notebooks;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** Finds in the HTML of a note what a person would see. */
final class Markup {
  private static final Pattern POLYLINE = Pattern.compile("<polyline points=\"([^\"]*)\"");
  private static final Pattern PNG = Pattern.compile("src=\"data:image/png;base64,([^\"]*)\"");
  private static final Pattern SVG = Pattern.compile("src=\"data:image/svg\\+xml;base64,([^\"]*)\"");
  private static final Pattern ROW = Pattern.compile("<tr>(.*?)</tr>", Pattern.DOTALL);
  private static final Pattern COUNT = Pattern.compile("<td[^>]*>([0-9,]+)</td>");

  private Markup() {}

  /** The points of every line. */
  static List<String> polylines(String html) {
    return groups(POLYLINE, html);
  }

  /** Every inline PNG, decoded. */
  static List<BufferedImage> pictures(String html) {
    return groups(PNG, html).stream().map(Markup::decode).toList();
  }

  /** Every SVG that is shown as an image. */
  static List<String> drawings(String html) {
    return groups(SVG, html).stream()
        .map(data -> new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8))
        .toList();
  }

  /** Rows of the numbers in the cells of a table, without its header. */
  static List<List<Long>> counts(String html) {
    List<List<Long>> rows = new ArrayList<>();
    for (String row : groups(ROW, html)) {
      List<Long> counts =
          groups(COUNT, row).stream().map(text -> Long.valueOf(text.replace(",", ""))).toList();
      if (!counts.isEmpty()) {
        rows.add(counts);
      }
    }
    return rows;
  }

  /** Whether any pixel of a gray picture with an overlay has a colour. */
  static boolean isColoured(BufferedImage image) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        if ((rgb >> 16 & 0xFF) != (rgb & 0xFF)) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> groups(Pattern pattern, String html) {
    Matcher matcher = pattern.matcher(html);
    return matcher.results().map((MatchResult result) -> result.group(1)).toList();
  }

  private static BufferedImage decode(String base64) {
    try {
      BufferedImage image =
          ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
      if (image == null) {
        throw new AssertionError("no PNG: " + base64);
      }
      return image;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
