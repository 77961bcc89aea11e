package dev.hangar.query.duckdb;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * Empty databases in memory, each its own, that can reach nothing outside: no network, no
 * extensions, no file but those that {@code allowed_paths} and {@code allowed_directories} name.
 */
public final class Sandbox {
  private static final String URL = "jdbc:duckdb:";

  /**
   * What a streamed result may hold ready: enough for all threads to work, constant memory. It is
   * this connection's own; others have DuckDB's, of 10 MiB, or say another.
   */
  private static final String STREAM_BUFFER = "16MB";

  private static final List<String> SETTINGS =
      List.of(
          "TimeZone = 'UTC'",
          "GLOBAL TimeZone = 'UTC'", // for connections that are made later
          "streaming_buffer_size = '" + STREAM_BUFFER + "'",
          "preserve_insertion_order = true",
          "autoload_known_extensions = false",
          "autoinstall_known_extensions = false",
          "allow_community_extensions = false");

  private Sandbox() {}

  /**
   * A connection to a new database, whose settings stay as they are.
   *
   * @param isStreaming whether results come while they are computed; what fails at once doesn't say
   *     why then, and all connections to a database have to agree
   * @param settings more of them, as {@code name = value}
   */
  public static DuckDBConnection connect(boolean isStreaming, List<String> settings)
      throws SQLException {
    var properties = new Properties();
    properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, Boolean.toString(isStreaming));
    var connection = (DuckDBConnection) new DuckDBDriver().connect(URL, properties);
    try (Statement statement = connection.createStatement()) {
      for (String setting : all(settings)) {
        statement.execute("SET " + setting);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** The same, where results come as Arrow batches, and what fails always says why. */
  static ArrowDatabase open(List<String> settings) throws SQLException {
    var database = new ArrowDatabase();
    try (ArrowConnection connection = database.connect()) {
      for (String setting : all(settings)) {
        connection.execute("SET " + setting);
      }
      return database;
    } catch (SQLException e) {
      database.close();
      throw e;
    }
  }

  private static List<String> all(List<String> settings) {
    var all = new ArrayList<>(SETTINGS);
    all.addAll(settings);
    all.add("enable_external_access = false"); // after the paths, which can't be said then
    return all;
  }
}
