package dev.hangar.store.catalog;

import dev.hangar.store.Quoted;
import dev.hangar.store.catalog.RowKinds.Tally;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the rows of each owner come to, while one transaction changes them. For one thread.
 *
 * <p>A checksum tells that a row is not what was written; a tally tells that a row is not there, or
 * one too many, as when a page of the database is lost or is an older one.
 */
final class Tallies {
  /** Owns the rows of tables, uploads, keys, and the numbers with names. */
  static final String CATALOG = "";

  private static final String TABLE = "table ";
  private static final String UPLOAD = "upload ";

  private static final class Entry {
    boolean kept;
    boolean present;
    long rows;
    long sum;
  }

  private final Statements statements;
  private final Map<String, Entry> entries = new HashMap<>();

  Tallies(Statements statements) {
    this.statements = statements;
  }

  /** The owner of a table's versions and parts. */
  static String table(long id) {
    return TABLE + id;
  }

  /** The owner of an upload's parts. */
  static String upload(String id) {
    return UPLOAD + id;
  }

  /** The table an owner is, if it is one. */
  static OptionalLong tableOf(String owner) {
    if (!owner.matches(TABLE + "[0-9]{1,18}")) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(owner.substring(TABLE.length())));
  }

  /** Makes an owner that may not have been there. */
  void begin(String owner) throws SQLException {
    entry(owner).present = true;
  }

  /** Removes an owner; its rows are gone. */
  void end(String owner) throws SQLException {
    Entry entry = entry(owner);
    entry.present = false;
    entry.rows = 0;
    entry.sum = 0;
  }

  void add(String owner, long checksum) throws SQLException {
    change(owner, 1, checksum);
  }

  void remove(String owner, long checksum) throws SQLException {
    change(owner, -1, -checksum);
  }

  void change(String owner, long rows, long sum) throws SQLException {
    Entry entry = entry(owner);
    entry.rows += rows;
    entry.sum += sum;
  }

  /** Writes all that has changed. */
  void save() throws SQLException {
    for (var owner : entries.entrySet()) {
      save(owner.getKey(), owner.getValue());
    }
  }

  private void save(String owner, Entry entry) throws SQLException {
    if (entry.present) {
      PreparedStatement save = statements.later(RowKinds.TALLIES.save);
      RowKinds.TALLIES.bind(new Tally(owner, entry.rows, entry.sum), save);
      save.addBatch();
    } else if (entry.rows != 0) {
      throw new StaleCatalogException(Quoted.of(owner) + " is not in the catalog");
    } else if (entry.kept) {
      PreparedStatement remove = statements.later("DELETE FROM tallies WHERE owner = ?");
      remove.setString(1, owner);
      remove.addBatch();
    }
  }

  private Entry entry(String owner) throws SQLException {
    Entry entry = entries.get(owner);
    if (entry == null) {
      entry = read(owner);
      entries.put(owner, entry);
    }
    return entry;
  }

  private Entry read(String owner) throws SQLException {
    PreparedStatement select = statements.now(RowKinds.TALLIES.select + " WHERE owner = ?");
    select.setString(1, owner);
    try (ResultSet result = select.executeQuery()) {
      return entry(RowKinds.TALLIES.readAll(result));
    }
  }

  private static Entry entry(List<Tally> found) {
    var entry = new Entry();
    for (Tally tally : found) {
      entry.kept = true;
      entry.present = true;
      entry.rows = tally.rows();
      entry.sum = tally.sum();
    }
    return entry;
  }
}
