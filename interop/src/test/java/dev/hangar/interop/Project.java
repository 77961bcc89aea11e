package dev.hangar.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The source tree the tests run in: its root, and the files that are under version control. */
final class Project {
  private static final List<String> SOURCE_FOLDERS = List.of("src/main/java", "src/test/java");
  private static final String SELF = "interop";

  private Project() {}

  /** The folder that holds the modules. */
  static Path root() {
    var here = Path.of("").toAbsolutePath();
    return here.endsWith(SELF) ? here.getParent() : here;
  }

  /** The modules' folders, those outside the default build too. */
  static List<Path> modules() {
    try (var folders = Files.list(root())) {
      return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Java sources, of products and tests. */
  static List<Path> javaSources() {
    return modules().stream()
        .flatMap(module -> SOURCE_FOLDERS.stream().map(module::resolve))
        .filter(Files::isDirectory)
        .flatMap(Project::javaFilesUnder)
        .toList();
  }

  /** Java sources that ship. */
  static List<Path> productSources() {
    var main = Path.of("src", "main", "java").toString();
    return javaSources().stream().filter(file -> file.toString().contains(main)).toList();
  }

  /** Every text file git would commit: tracked, or new and not ignored. */
  static List<Path> trackedTexts() {
    var listed =
        Command.of("git", "ls-files", "--cached", "--others", "--exclude-standard").in(root());
    return listed.run().out().lines().map(root()::resolve).filter(Files::isRegularFile).toList();
  }

  static Path relative(Path file) {
    return root().relativize(file);
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> javaFilesUnder(Path folder) {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
