package dev.hangar.query.sql;

import dev.hangar.query.duckdb.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A database that one statement after the other runs in: making one takes longer than most
 * statements. One thread at a time.
 */
final class Workplace implements AutoCloseable {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final SqlSettings settings;
  private final @Nullable SpillFolder spill;
  private final int number;
  private @Nullable StatementDatabase streaming;
  private @Nullable StatementDatabase explaining;

  /**
   * @param spill where what does not fit into the memory goes; null: nowhere
   */
  Workplace(SqlSettings settings, @Nullable SpillFolder spill, int number) {
    this.settings = settings;
    this.spill = spill;
    this.number = number;
  }

  /** The database whose answers come while they are computed. */
  StatementDatabase streaming() throws SQLException {
    StatementDatabase database = streaming;
    if (database == null) {
      database = new StatementDatabase(true, settings());
      streaming = database;
    }
    return database;
  }

  /** Folders that files lie in. */
  List<String> folders() {
    return settings.directoryNames();
  }

  /** One whose failures all say why. */
  StatementDatabase explaining() throws SQLException {
    StatementDatabase database = explaining;
    if (database == null) {
      database = new StatementDatabase(false, settings());
      explaining = database;
    }
    return database;
  }

  /** Has the next statement run in a new database. */
  void renew() throws SQLException {
    try {
      close();
    } finally {
      streaming = null;
      explaining = null;
    }
  }

  private List<String> settings() {
    var all = new ArrayList<String>();
    all.add("threads = " + CORES);
    all.add("memory_limit = '" + settings.memoryBytes() + "B'");
    all.add("allowed_directories = " + Sql.list(settings.directoryNames()));
    all.add(DuckDbFailure.SETTING);
    all.add("enable_progress_bar = true");
    all.add("enable_progress_bar_print = false");
    if (spill == null) {
      all.add("temp_directory = ''");
    } else {
      all.add("temp_directory = " + Sql.literal(spill.of(number).toString()));
      all.add("max_temp_directory_size = '" + spill.bytesMax() + "B'");
    }
    return all;
  }

  @Override
  public void close() throws SQLException {
    try {
      close(streaming);
    } finally {
      close(explaining);
    }
  }

  private static void close(@Nullable StatementDatabase database) throws SQLException {
    if (database != null) {
      database.close();
    }
  }
}
