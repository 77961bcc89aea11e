package dev.hangar.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** Files for a server to mount. */
final class MountedFolder {
  private MountedFolder() {}

  /** Writes what DuckDB answers to a Parquet file. */
  static void copy(String query, Path file) throws SQLException {
    try (var db = DriverManager.getConnection("jdbc:duckdb:");
        var statement = db.createStatement()) {
      statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
    }
  }

  /** The names of all that is below a folder, sorted. */
  static List<String> names(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(file -> !file.equals(folder))
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
