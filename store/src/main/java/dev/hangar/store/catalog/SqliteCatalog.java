package dev.hangar.store.catalog;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * A catalog in a file of SQLite's. Thread-safe.
 *
 * <p>{@code journal_mode=WAL} appends each commit to a log beside the file, which is folded into it
 * now and then; {@code synchronous=FULL} syncs that log before a commit returns, which is what
 * makes it durable (under NORMAL only folding syncs, and a power cut takes the commits since then).
 * The first sync of a new log syncs its directory too. Foreign keys are not declared: rows are
 * removed with their owner here, and the tallies would tell.
 *
 * <p>The lock on the file is SQLite's usual one, held only while something runs, so that other
 * programs can take a backup meanwhile.
 */
public final class SqliteCatalog implements Catalog {
  /** How long to wait for another program that reads or copies the database. */
  private static final int BUSY_MILLIS = 10_000;

  /** A page, of which every database has one at least. */
  private static final int SMALLEST_BYTES = 512;

  private final @Nullable Path file;
  private final JdbcCatalog catalog;

  /** What the check at the opening found that does not keep rows from being read. */
  private final List<String> damages;

  private SqliteCatalog(@Nullable Path file, JdbcCatalog catalog, List<String> damages) {
    this.file = file;
    this.catalog = catalog;
    this.damages = damages;
  }

  /**
   * Opens the catalog in {@code file}; makes it if there is no such file, or an empty one.
   *
   * @throws StorageException if it can't be opened, is damaged as a whole, or was written by a
   *     newer Hangar
   */
  public static SqliteCatalog open(Path file) {
    return open(file, "PRAGMA cell_size_check = ON");
  }

  /** Opens the catalog in {@code file} with another pragma: one that makes it small, say. */
  static SqliteCatalog open(Path file, String pragma) {
    Path whole = file.toAbsolutePath();
    refuseStump(whole);
    refuseBrokenLog(whole);
    return open(whole, url(whole), pragma);
  }

  /** A new catalog that is gone when it is closed. */
  public static SqliteCatalog inMemory() {
    return open(null, "jdbc:sqlite::memory:", "PRAGMA cell_size_check = ON");
  }

  @Override
  public Contents load() {
    return catalog.load(damages);
  }

  @Override
  public void apply(List<Edit> edits) {
    catalog.apply(edits);
  }

  @Override
  public void backupTo(Path target) {
    Path whole = target.toAbsolutePath();
    Path aside = whole.resolveSibling(whole.getFileName() + ".part");
    try {
      if (Files.exists(whole)) {
        throw new StorageException(
            whole + " is there already: name a new file for the backup",
            Remedy.CONFIGURATION,
            null);
      }
      Files.deleteIfExists(aside);
      copyTo(aside);
      force(aside);
      Files.move(aside, whole, StandardCopyOption.ATOMIC_MOVE);
      force(whole.resolveSibling(""));
    } catch (IOException e) {
      throw new StorageException(
          "the backup " + whole + " can't be written: " + e, Remedy.CONFIGURATION, e);
    }
  }

  @Override
  public void close() {
    catalog.close();
  }

  /** A copy from a connection of its own reads one state and keeps nobody from writing the next. */
  private void copyTo(Path target) {
    var failures = new SqliteFailures("the backup " + target, target);
    if (file == null) {
      catalog.exclusively(failures, connection -> vacuum(connection, target));
      return;
    }
    try (Connection connection = connect(url(file))) {
      vacuum(connection, target);
    } catch (SQLException e) {
      throw failures.of("written", e);
    }
  }

  private static void vacuum(Connection connection, Path target) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, target.toString());
      statement.execute();
    }
  }

  /** SQLite takes what is left of a database that was cut for an empty one. */
  private static void refuseStump(Path file) {
    long bytes = file.toFile().length();
    if (Files.isRegularFile(file) && bytes > 0 && bytes < SMALLEST_BYTES) {
      throw Damage.of("%s is damaged (it has only %d bytes)".formatted(name(file), bytes));
    }
  }

  /** SQLite drops what stands behind a broken commit in the log, as if it had never been. */
  private static void refuseBrokenLog(Path file) {
    try {
      WriteAheadLog.requireWhole(file);
    } catch (IOException e) {
      throw new StorageException(
          "%s can't be opened, for its log can't be read: %s".formatted(name(file), e),
          Remedy.CONFIGURATION,
          e);
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static SqliteCatalog open(@Nullable Path file, String url, String pragma) {
    var failures = new SqliteFailures(name(file), file);
    try {
      Connection connection = connect(url);
      try {
        return open(connection, file, failures, pragma);
      } catch (SQLException | RuntimeException e) {
        close(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw failures.of("opened", e);
    }
  }

  private static SqliteCatalog open(
      Connection connection, @Nullable Path file, Failures failures, String pragma)
      throws SQLException {
    run(connection, pragma);
    List<String> damages = check(connection, name(file));
    var catalog = new JdbcCatalog(connection, failures, name(file));
    catalog.migrate();
    return new SqliteCatalog(file, catalog, damages);
  }

  /**
   * What is wrong with the indexes. They matter to writing alone, for rows are read without them.
   *
   * @throws StorageException if the tables are damaged
   */
  private static List<String> check(Connection connection, String name) throws SQLException {
    List<String> findings = findings(connection, "integrity_check");
    if (findings.isEmpty()) {
      return findings;
    }
    List<String> worse = findings(connection, "quick_check");
    if (!worse.isEmpty()) {
      throw Damage.of(name + " is damaged (" + worse.getFirst() + ")");
    }
    return List.of(name + ": its indexes are not those of its rows: " + findings.getFirst());
  }

  /** At most one: there may be as many as there are rows. */
  private static List<String> findings(Connection connection, String check) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA " + check + "(1)")) {
      String found = result.next() ? result.getString(1) : "it has no answer to " + check;
      return found.equals("ok") ? List.of() : List.of(found);
    }
  }

  private static void run(Connection connection, String pragma) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(pragma);
    }
  }

  private static Connection connect(String url) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MILLIS);
    return config.createConnection(url);
  }

  private static void close(Connection connection, Exception failure) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /** As a URI, in which no character of a directory's name means something to the driver. */
  private static String url(Path file) {
    return "jdbc:sqlite:file:" + file.toUri().getRawPath();
  }

  private static String name(@Nullable Path file) {
    return file == null ? "the catalog in memory" : "the catalog " + file;
  }
}
