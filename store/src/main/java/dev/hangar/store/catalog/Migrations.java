package dev.hangar.store.catalog;

import dev.hangar.store.StorageException;
import dev.hangar.store.catalog.RowKinds.Meta;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The way from the format a database has to the newest: {@code V1.sql}, {@code V2.sql} and so on,
 * in one transaction, which the caller commits.
 */
final class Migrations {
  private final Connection connection;
  private final Statements statements;
  private final String name;

  /**
   * The way for one database.
   *
   * @param name what the database is called in a sentence
   */
  Migrations(Connection connection, Statements statements, String name) {
    this.connection = connection;
    this.statements = statements;
    this.name = name;
  }

  /**
   * Brings the database to the newest format.
   *
   * @throws StorageException if its format is newer, or it is none of ours
   */
  void run() throws SQLException {
    long format = format();
    if (format > Format.NEWEST) {
      throw newer(format);
    }
    var writer = new EditWriter(statements);
    for (long next = format + 1; next <= Format.NEWEST; next++) {
      runScript("V" + next + ".sql");
      if (next == 1) {
        writer.begin();
      }
      writer.save(new Meta(Format.FORMAT, next));
    }
    writer.finish();
  }

  private long format() throws SQLException {
    Set<String> tables = tables();
    if (tables.isEmpty()) {
      return 0;
    } else if (!tables.contains(RowKinds.META.table)) {
      throw foreign();
    }
    PreparedStatement select = statements.now(RowKinds.META.select + " WHERE name = ?");
    select.setString(1, Format.FORMAT);
    try (ResultSet result = select.executeQuery()) {
      if (!result.next()) {
        throw foreign();
      }
      var damages = new ArrayList<String>();
      Meta found = RowKinds.META.read(new RowReader(result, RowKinds.META.table), damages);
      if (found == null) {
        throw Damage.of(name + " is damaged (" + damages.getFirst() + ")");
      }
      return found.amount();
    }
  }

  private Set<String> tables() throws SQLException {
    Set<String> names = new HashSet<>();
    String schema = connection.getSchema();
    try (ResultSet result =
        connection.getMetaData().getTables(null, schema, "%", new String[] {"TABLE"})) {
      while (result.next()) {
        names.add(result.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  private void runScript(String script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : read(script).split(";\\s*\n", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    }
  }

  private static String read(String script) {
    try (InputStream in = Migrations.class.getResourceAsStream(script)) {
      if (in == null) {
        throw new IllegalStateException(script + " is missing from Hangar's jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(script, e);
    }
  }

  private StorageException newer(long format) {
    return new StorageException(
        "%s was written by a newer Hangar (format %d; this one reads up to %d): start that one"
            .formatted(name, format, Format.NEWEST),
        StorageException.Remedy.CONFIGURATION,
        null);
  }

  private StorageException foreign() {
    return new StorageException(
        name
            + " is not a catalog of Hangar's, or has lost what says so: name another directory, or"
            + " restore it from a backup",
        StorageException.Remedy.CONFIGURATION,
        null);
  }
}
