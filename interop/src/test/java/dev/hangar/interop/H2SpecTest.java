package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.w3c.dom.Element;

/** What h2spec, the conformance test for HTTP/2, says of a running server. */
@Timeout(600)
class H2SpecTest {
  private static final Path MODULE = Project.root().resolve("interop/peers/h2spec");
  private static final Path TARGET = Project.root().resolve("interop/target/h2spec");
  private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration RUN_TIMEOUT = Duration.ofMinutes(4);

  /** The cases there are, the one that h2spec calls strict among them. */
  private static final int CASES = 146;

  /**
   * Five headers of this length exceed what we hold of a frame, and one does not. By its default of
   * 4,000, h2spec takes for granted that no server reads a HEADERS frame of 20 KiB.
   */
  private static final String HEADER_LENGTH = "40000";

  /** Cases that fail because h2spec is wrong, each with the reason: none. */
  private static final Set<String> DEVIATIONS = Set.of();

  @Test
  void everyCasePasses() throws Exception {
    Path h2spec = build();
    Path report = TARGET.resolve("report.xml");
    Files.deleteIfExists(report);
    Command.Outcome outcome;
    try (var subject = new Subject()) {
      outcome =
          Command.of(
                  h2spec.toString(),
                  "--strict",
                  "--timeout=10",
                  "--max-header-length=" + HEADER_LENGTH,
                  "--port=" + subject.port(),
                  "--junit-report=" + report)
              .within(RUN_TIMEOUT)
              .tryRun();
    }
    List<Element> cases = cases(report);
    List<String> failed =
        cases.stream().filter(H2SpecTest::hasFailed).map(H2SpecTest::name).toList();
    System.out.printf(
        "H-7 h2spec: %d passed, %d failed%n", cases.size() - failed.size(), failed.size());
    assertThat(failed).as(outcome.out()).containsExactlyInAnyOrderElementsOf(DEVIATIONS);
    assertThat(cases).as(outcome.out()).hasSize(CASES);
  }

  private static Path build() throws Exception {
    Files.createDirectories(TARGET);
    Path executable = TARGET.resolve("h2spec");
    try {
      Command.of(
              "go", "build", "-o", executable.toString(), "github.com/summerwind/h2spec/cmd/h2spec")
          .in(MODULE)
          .within(BUILD_TIMEOUT)
          .run();
    } catch (AssertionError | RuntimeException e) {
      String sentence = "h2spec could not be built with Go, so it is not run: " + e.getMessage();
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(sentence, e);
      }
      Assumptions.abort(sentence);
    }
    return executable;
  }

  private static List<Element> cases(Path report) throws Exception {
    var found =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getElementsByTagName("testcase");
    var cases = new ArrayList<Element>();
    for (int i = 0; i < found.getLength(); i++) {
      cases.add((Element) found.item(i));
    }
    return cases;
  }

  /** A case that was skipped counts as failed: nothing here gives a reason to skip one. */
  private static boolean hasFailed(Element testCase) {
    return testCase.getElementsByTagName("*").getLength() > 0;
  }

  private static String name(Element testCase) {
    return testCase.getAttribute("package") + ": " + testCase.getAttribute("classname");
  }
}
