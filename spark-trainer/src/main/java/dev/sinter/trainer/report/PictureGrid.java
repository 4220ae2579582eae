package dev.sinter.trainer.report;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * Images side by side as an HTML fragment for a page of somebody else's: every style is in its
 * element, every image in its source.
 */
public final class PictureGrid {
  private static final int PICTURE_SIDE = 128;
  private static final String FONT = "font:12px system-ui,sans-serif";

  private PictureGrid() {}

  /**
   * One image.
   *
   * @param picture the image
   * @param masks class index per pixel, row major; each is laid over a copy of the image
   * @param caption below it
   */
  public record Tile(ExamplePicture picture, List<byte[]> masks, String caption) {
    /** Copies the list. */
    public Tile {
      masks = List.copyOf(masks);
    }
  }

  /**
   * Writes a grid.
   *
   * @param classes names of the mask's classes for the legend, the background first; may be empty
   */
  public static String html(List<String> classes, List<Tile> tiles) {
    MarkupWriter out = new MarkupWriter();
    out.open("div", "style", FONT);
    if (classes.size() > 1) {
      out.open("p");
      for (int label = 1; label < classes.size(); label++) {
        String color = String.format(Locale.ROOT, "#%06x", MaskOverlay.color(label));
        out.element("span", "\u25a0 ", "style", "color:" + color);
        out.element("span", classes.get(label), "style", "margin-right:12px");
      }
      out.close("p");
    }
    out.open("div", "style", "display:flex;flex-wrap:wrap;gap:12px");
    tiles.forEach(tile -> write(out, tile));
    out.close("div").close("div");
    return out.finish();
  }

  private static void write(MarkupWriter out, Tile tile) {
    Magnification size = Magnification.towards(PICTURE_SIDE, tile.picture());
    out.open("figure", "style", "margin:0");
    image(out, tile, Pictures.render(tile.picture(), size));
    tile.masks().forEach(mask -> image(out, tile, MaskOverlay.compose(tile.picture(), mask, size)));
    out.element("figcaption", tile.caption()).close("figure");
  }

  private static void image(MarkupWriter out, Tile tile, BufferedImage image) {
    out.empty("img", "src", Pictures.dataUri(Pictures.png(image)), "alt", tile.caption());
  }
}
