package dev.sinter.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.BlockGraph;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import java.io.StringReader;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class NetworkDiagramTest {
  private static Document draw(String model) throws Exception {
    InputShape input = InputShape.image(3, 64, 64);
    ModelSpec spec = new ModelSpec(model, input, 4, "cross-entropy", Map.of(), 0);
    BlockGraph graph = BlockGraph.of(ModelRegistry.configuration(spec), input);
    String svg = NetworkDiagram.of(model + " <of a test>", graph);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static long count(Document svg, String tag, String attribute) {
    NodeList elements = svg.getElementsByTagName(tag);
    long count = 0;
    for (int i = 0; i < elements.getLength(); i++) {
      if (((Element) elements.item(i)).getAttribute("class").equals(attribute)) {
        count++;
      }
    }
    return count;
  }

  @Test
  void drawsEveryBlockAndSkip() throws Exception {
    Document svg = draw("resnet18");

    // One more of each in the legend.
    assertThat(count(svg, "path", "skip add")).isEqualTo(5 + 1);
    assertThat(count(svg, "path", "skip add projected")).isEqualTo(3 + 1);
    assertThat(count(svg, "rect", "box")).as("input, stem, 8 blocks, pool, head").isEqualTo(12);
    assertThat(svg.getDocumentElement().getTextContent()).contains("resnet18 <of a test>");
  }

  @Test
  void longSkipsDoNotCross() throws Exception {
    Document svg = draw("unet");

    assertThat(count(svg, "path", "skip concatenate")).isEqualTo(4 + 1);
    NodeList paths = svg.getElementsByTagName("path");
    Set<String> lanes = new TreeSet<>();
    for (int i = 0; i < paths.getLength(); i++) {
      Element path = (Element) paths.item(i);
      String way = path.getAttribute("d");
      if (path.getAttribute("class").equals("skip concatenate") && way.contains("Q")) {
        lanes.add(way.substring(way.indexOf('H'), way.indexOf('Q')));
      }
    }
    assertThat(lanes).as("nested skips run apart").hasSize(4);
  }

  @Test
  void saysThatThereAreNone() throws Exception {
    assertThat(draw("unet-no-skips").getDocumentElement().getTextContent())
        .contains("no skip connections");
  }
}
