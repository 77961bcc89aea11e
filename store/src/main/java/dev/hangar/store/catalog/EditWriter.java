package dev.hangar.store.catalog;

import dev.hangar.store.Quoted;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The edits of one transaction, on their way into the database. For one thread. */
final class EditWriter {
  private final Statements statements;
  private final Tallies tallies;

  EditWriter(Statements statements) {
    this.statements = statements;
    tallies = new Tallies(statements);
  }

  void write(List<Edit> edits) throws SQLException {
    for (Edit edit : edits) {
      write(edit);
    }
    finish();
  }

  /** What a new catalog holds, so that an empty one is not mistaken for one that lost its rows. */
  void begin() throws SQLException {
    tallies.begin(Tallies.CATALOG);
    save(new RowKinds.Meta(Format.HIGHEST_VERSION, 0));
  }

  /** Writes what is left to be written. */
  void finish() throws SQLException {
    tallies.save();
    statements.flush();
  }

  private void write(Edit edit) throws SQLException {
    switch (edit) {
      case Edit.SaveTable save -> saveTable(save);
      case Edit.RemoveTable remove -> removeTable(remove.table());
      case Edit.SaveVersion save -> add(RowKinds.VERSIONS, save.version(), versionOwner(save));
      case Edit.RemoveVersion remove -> removeVersion(remove);
      case Edit.SavePart save -> add(RowKinds.PARTS, save.part(), partOwner(save.part()));
      case Edit.RetireParts retire -> retireParts(retire);
      case Edit.RemovePart remove -> removePart(remove.part());
      case Edit.SaveUpload save -> saveUpload(save.upload());
      case Edit.SaveUploadPart save -> saveUploadPart(save.part());
      case Edit.RemoveUpload remove -> removeUpload(remove.upload());
      case Edit.SaveKey save -> saveKey(save.key());
      case Edit.RemoveKeysBefore remove -> removeKeys(remove.time());
      case Edit.SaveHighestVersion save ->
          save(new RowKinds.Meta(Format.HIGHEST_VERSION, save.version()));
    }
  }

  private static String versionOwner(Edit.SaveVersion save) {
    return Tallies.table(save.version().table());
  }

  private static String partOwner(Rows.Part part) {
    return Tallies.table(part.table());
  }

  private void saveTable(Edit.SaveTable save) throws SQLException {
    long id = save.table().id();
    if (save.expectedCurrent() == 0) {
      add(RowKinds.TABLES, save.table(), Tallies.CATALOG);
      tallies.begin(Tallies.table(id));
      return;
    }
    forget("tables WHERE id = ?", Tallies.CATALOG, id);
    PreparedStatement update =
        statements.now(RowKinds.TABLES.update + " WHERE id = ? AND current_version = ?");
    tallies.add(Tallies.CATALOG, RowKinds.TABLES.bind(save.table(), update));
    update.setLong(5, id);
    update.setLong(6, save.expectedCurrent());
    if (update.executeUpdate() != 1) {
      throw stale(save);
    }
  }

  private static StaleCatalogException stale(Edit.SaveTable save) {
    return new StaleCatalogException(
        "table %s is no longer at version %d: another server has written"
            .formatted(Quoted.of(save.table().name()), save.expectedCurrent()));
  }

  private void removeTable(long id) throws SQLException {
    forget("tables WHERE id = ?", Tallies.CATALOG, id);
    run("DELETE FROM tables WHERE id = ?", id);
    run("DELETE FROM versions WHERE table_id = ?", id);
    run("DELETE FROM parts WHERE table_id = ?", id);
    tallies.end(Tallies.table(id));
  }

  private void removeVersion(Edit.RemoveVersion remove) throws SQLException {
    String rows = "versions WHERE table_id = ? AND version = ?";
    forget(rows, Tallies.table(remove.table()), remove.table(), remove.version());
    run("DELETE FROM " + rows, remove.table(), remove.version());
  }

  /** Parts are read before they get an end: a damaged one must not get a right checksum. */
  private void retireParts(Edit.RetireParts retire) throws SQLException {
    PreparedStatement select =
        statements.now(RowKinds.PARTS.select + " WHERE table_id = ? AND end_version = ?");
    bind(select, retire.table(), Long.MAX_VALUE);
    List<Rows.Part> live;
    try (ResultSet result = select.executeQuery()) {
      live = RowKinds.PARTS.readAll(result);
    }
    String owner = Tallies.table(retire.table());
    for (Rows.Part part : live) {
      tallies.remove(owner, RowKinds.PARTS.checksum(part));
      put(RowKinds.PARTS.save, RowKinds.PARTS, ended(part, retire.version()), owner);
    }
  }

  private static Rows.Part ended(Rows.Part part, long end) {
    return new Rows.Part(part.table(), part.position(), part.file(), part.first(), end);
  }

  private void removePart(String id) throws SQLException {
    PreparedStatement select = statements.now(RowKinds.PARTS.select + " WHERE id = ?");
    bind(select, id);
    List<Rows.Part> found;
    try (ResultSet result = select.executeQuery()) {
      found = RowKinds.PARTS.readAll(result);
    }
    for (Rows.Part part : found) {
      tallies.remove(partOwner(part), RowKinds.PARTS.checksum(part));
      run("DELETE FROM parts WHERE id = ?", id);
    }
  }

  private void saveUpload(Rows.Upload upload) throws SQLException {
    forget("uploads WHERE id = ?", Tallies.CATALOG, upload.id());
    put(RowKinds.UPLOADS.save, RowKinds.UPLOADS, upload, Tallies.CATALOG);
    tallies.begin(Tallies.upload(upload.id()));
  }

  private void saveUploadPart(Rows.UploadPart part) throws SQLException {
    String owner = Tallies.upload(part.upload());
    forget(
        "upload_parts WHERE upload_id = ? AND part_number = ?",
        owner,
        part.upload(),
        part.number());
    put(RowKinds.UPLOAD_PARTS.save, RowKinds.UPLOAD_PARTS, part, owner);
  }

  private void removeUpload(String id) throws SQLException {
    forget("uploads WHERE id = ?", Tallies.CATALOG, id);
    run("DELETE FROM uploads WHERE id = ?", id);
    run("DELETE FROM upload_parts WHERE upload_id = ?", id);
    tallies.end(Tallies.upload(id));
  }

  private void saveKey(Rows.Key key) throws SQLException {
    forget("idempotency_keys WHERE id = ?", Tallies.CATALOG, key.key());
    put(RowKinds.KEYS.save, RowKinds.KEYS, key, Tallies.CATALOG);
  }

  private void removeKeys(Instant time) throws SQLException {
    String rows =
        "idempotency_keys WHERE created_second < ? OR (created_second = ? AND created_nano < ?)";
    long second = time.getEpochSecond();
    forget(rows, Tallies.CATALOG, second, second, time.getNano());
    run("DELETE FROM " + rows, second, second, time.getNano());
  }

  /** Makes a number with a name, or changes it. */
  void save(RowKinds.Meta row) throws SQLException {
    forget("meta WHERE name = ?", Tallies.CATALOG, row.name());
    put(RowKinds.META.save, RowKinds.META, row, Tallies.CATALOG);
  }

  private <R> void add(RowKind<R> kind, R row, String owner) throws SQLException {
    put(kind.insert, kind, row, owner);
  }

  private <R> void put(String sql, RowKind<R> kind, R row, String owner) throws SQLException {
    // The tally first: to read it sends what waits, and the batch would be of one row.
    tallies.change(owner, 0, 0);
    PreparedStatement statement = statements.later(sql);
    tallies.add(owner, kind.bind(row, statement));
    statement.addBatch();
  }

  /** Takes rows, if there are any, out of their owner's tally. */
  private void forget(String rows, String owner, Object... values) throws SQLException {
    PreparedStatement select =
        statements.now("SELECT COUNT(*), COALESCE(SUM(checksum), 0) FROM " + rows);
    bind(select, values);
    try (ResultSet result = select.executeQuery()) {
      result.next();
      tallies.change(owner, -result.getLong(1), -result.getLong(2));
    }
  }

  private void run(String sql, Object... values) throws SQLException {
    PreparedStatement statement = statements.later(sql);
    bind(statement, values);
    statement.addBatch();
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case String text -> statement.setString(i + 1, text);
        case Number number -> statement.setLong(i + 1, number.longValue());
        default -> throw new IllegalArgumentException(values[i].getClass().getName());
      }
    }
  }
}
