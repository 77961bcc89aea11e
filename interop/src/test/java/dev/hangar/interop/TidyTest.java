package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rules of the source tree that compiler and Error Prone cannot see. */
class TidyTest {
  private static final int MAX_LINES = 400;

  /** Which module may use which, as the design has it; test code may use anything. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.of(
          "wire", Set.of(),
          "store", Set.of(),
          "query", Set.of("store"),
          "client", Set.of("wire"),
          "server", Set.of("wire", "store", "query"),
          "cli", Set.of("client", "server", "query", "store", "wire"),
          "interop", Set.of("wire", "store", "query", "client", "server", "cli"),
          "bench", Set.of("wire", "store", "query", "client", "server", "cli"));

  /** Peers in tests and benches; the product never sees them. */
  private static final List<String> PEERS =
      List.of("io.grpc.", "org.apache.arrow.flight.", "com.google.common.");

  private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([\\w.]+);");
  private static final Pattern OWN_PACKAGE = Pattern.compile("\\bdev\\.hangar\\.(\\w+)\\.");

  /** A class name in a document's code: CamelCase between backticks, maybe with a member. */
  private static final Pattern CLASS_IN_DOCUMENT =
      Pattern.compile("`((?:[A-Z][a-z0-9]+){1,6})(?:\\.[\\w()]+)*`");

  // Put together from halves, so that this file passes its own tests.
  private static final Pattern OPEN_END = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern WITH_ISSUE = Pattern.compile("#\\d+");
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.$])/(?:ro" + "ot|wo" + "rk|ho" + "me/[a-z]+|Use" + "rs/[a-z]+)/");
  private static final Pattern REGISTRY_HOST =
      Pattern.compile(
          "repo\\d?\\.ma"
              + "ven|ma"
              + "ven\\.org|py"
              + "pi\\.org|pytho"
              + "nhosted|arti"
              + "factory|ne"
              + "xus\\.|sona"
              + "type");

  @Test
  void everySourceIsFormatted() throws FormatterException {
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    var different = new ArrayList<String>();
    for (var file : Project.javaSources()) {
      var text = Project.text(file);
      var imports = ImportOrderer.reorderImports(text, JavaFormatterOptions.Style.GOOGLE);
      var tidy = formatter.formatSource(RemoveUnusedImports.removeUnusedImports(imports));
      if (!tidy.equals(text)) {
        different.add(firstDifference(file, text, tidy));
      }
    }
    assertThat(different)
        .as("not formatted; mvn spotless:apply mends it (Maven on a JDK of at least 21)")
        .isEmpty();
  }

  @Test
  void modulesUseOnlyTheModulesBelowThem() {
    var upwards = new ArrayList<String>();
    for (var file : Project.productSources()) {
      var module = Project.relative(file).getName(0).toString();
      var used = new TreeSet<String>();
      OWN_PACKAGE.matcher(Project.text(file)).results().forEach(found -> used.add(found.group(1)));
      used.remove(module);
      used.removeAll(MAY_USE.get(module));
      used.forEach(other -> upwards.add(Project.relative(file) + " uses " + other));
    }
    assertThat(upwards).isEmpty();
  }

  @Test
  void everyModuleHasItsPlaceInTheOrder() {
    var names = Project.modules().stream().map(Path::getFileName).map(Path::toString);
    assertThat(names).containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
  }

  @Test
  void productsNeverSeeTheirPeers() {
    var seen = new ArrayList<String>();
    for (var file : Project.productSources()) {
      if (!file.startsWith(Project.root().resolve("bench"))) {
        IMPORT
            .matcher(Project.text(file))
            .results()
            .map(found -> found.group(1))
            .filter(name -> PEERS.stream().anyMatch(name::startsWith))
            .forEach(name -> seen.add(Project.relative(file) + " imports " + name));
      }
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void everyClassNamedInTheArchitectureExists() {
    var document = Project.root().resolve("ARCHITECTURE.md");
    var known =
        Project.javaSources().stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());
    var named = new TreeSet<String>();
    CLASS_IN_DOCUMENT
        .matcher(Project.text(document))
        .results()
        .forEach(found -> named.add(found.group(1)));
    assertThat(named).as("the document names classes").isNotEmpty();
    assertThat(known).containsAll(named);
  }

  @Test
  void everyOpenEndHasItsIssue() {
    assertThat(linesWith(OPEN_END).values().stream().flatMap(List::stream))
        .allMatch(line -> WITH_ISSUE.matcher(line).find());
  }

  @Test
  void productFilesAreShort() {
    var tooLong = new TreeMap<String, Long>();
    for (var file : Project.productSources()) {
      var lines = Project.text(file).lines().count();
      if (lines > MAX_LINES) {
        tooLong.put(Project.relative(file).toString(), lines);
      }
    }
    assertThat(tooLong).as("files over " + MAX_LINES + " lines").isEmpty();
  }

  @Test
  void everyPackageOptsOutOfNull() {
    var folders = Project.productSources().stream().map(Path::getParent).distinct();
    assertThat(folders)
        .allSatisfy(folder ->
            assertThat(folder.resolve("package-info.java")).content().contains("NullMarked"));
  }

  @Test
  void noFileNamesARegistryOrAPlaceOnSomeonesMachine() {
    assertThat(linesWith(REGISTRY_HOST)).isEmpty();
    assertThat(linesWith(MACHINE_PATH)).isEmpty();
  }

  private static Map<String, List<String>> linesWith(Pattern pattern) {
    var found = new TreeMap<String, List<String>>();
    for (var file : Project.trackedTexts()) {
      if (isText(file)) {
        var lines = Project.text(file).lines().filter(l -> pattern.matcher(l).find()).toList();
        if (!lines.isEmpty()) {
          found.put(Project.relative(file).toString(), lines);
        }
      }
    }
    return found;
  }

  private static boolean isText(Path file) {
    var name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && !List.of(".parquet", ".arrow", ".arrows", ".png", ".gz", ".bin", ".sqlite").stream()
            .anyMatch(name::endsWith);
  }

  private static String firstDifference(Path file, String text, String tidy) {
    var mine = text.lines().toList();
    var theirs = tidy.lines().toList();
    var at = 0;
    while (at < mine.size() && at < theirs.size() && mine.get(at).equals(theirs.get(at))) {
      at++;
    }
    return "%s:%d %s"
        .formatted(Project.relative(file), at + 1, at < mine.size() ? mine.get(at) : "(the end)");
  }
}
