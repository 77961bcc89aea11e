package dev.hangar.store.catalog;

import dev.hangar.store.Quoted;
import dev.hangar.store.catalog.RowKinds.Meta;
import dev.hangar.store.catalog.RowKinds.Tally;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** All rows of the database, each held against its checksum, all against the tallies. */
final class ContentsReader {
  private static final Comparator<Rows.Table> TABLES = Comparator.comparingLong(Rows.Table::id);
  private static final Comparator<Rows.Version> VERSIONS =
      by(Rows.Version::table, Rows.Version::version);
  private static final Comparator<Rows.Part> PARTS =
      ContentsReader.<Rows.Part>by(Rows.Part::table, Rows.Part::first)
          .thenComparingInt(Rows.Part::position)
          .thenComparing(row -> row.file().id());
  private static final Comparator<Rows.Upload> UPLOADS = Comparator.comparing(Rows.Upload::id);
  private static final Comparator<Rows.UploadPart> UPLOAD_PARTS =
      Comparator.comparing(Rows.UploadPart::upload).thenComparingInt(Rows.UploadPart::number);
  private static final Comparator<Rows.Key> KEYS = Comparator.comparing(Rows.Key::key);

  private final Statements statements;
  private final List<String> damages;
  private final TallyCheck tallies = new TallyCheck();

  /** A reader that begins with what is known to be damaged. */
  ContentsReader(Statements statements, List<String> damages) {
    this.statements = statements;
    this.damages = new ArrayList<>(damages);
  }

  Contents read() throws SQLException {
    List<Rows.Table> tables = read(RowKinds.TABLES, row -> Tallies.CATALOG, TABLES);
    List<Rows.Version> versions =
        read(RowKinds.VERSIONS, row -> Tallies.table(row.table()), VERSIONS);
    List<Rows.Part> parts = read(RowKinds.PARTS, row -> Tallies.table(row.table()), PARTS);
    List<Rows.Upload> uploads = read(RowKinds.UPLOADS, row -> Tallies.CATALOG, UPLOADS);
    List<Rows.UploadPart> uploadParts =
        read(RowKinds.UPLOAD_PARTS, row -> Tallies.upload(row.upload()), UPLOAD_PARTS);
    List<Rows.Key> keys = read(RowKinds.KEYS, row -> Tallies.CATALOG, KEYS);
    long highest = Math.max(highestKept(), highestUsed(versions));
    checkTallies(tables, uploads);
    return new Contents(
        tables,
        versions,
        parts,
        uploads,
        uploadParts,
        keys,
        highest,
        List.copyOf(damages),
        tallies.damagedTables());
  }

  private void checkTallies(List<Rows.Table> tables, List<Rows.Upload> uploads)
      throws SQLException {
    tallies.expect(Tallies.CATALOG, "the catalog");
    for (Rows.Table table : tables) {
      tallies.expectTable(table.id(), "table " + Quoted.of(table.name()));
    }
    for (Rows.Upload upload : uploads) {
      tallies.expect(Tallies.upload(upload.id()), "upload " + Quoted.of(upload.id()));
    }
    damages.addAll(tallies.check(read(RowKinds.TALLIES, null, Comparator.comparing(Tally::owner))));
  }

  private long highestKept() throws SQLException {
    List<Meta> meta = read(RowKinds.META, row -> Tallies.CATALOG, Comparator.comparing(Meta::name));
    for (Meta row : meta) {
      if (row.name().equals(Format.HIGHEST_VERSION)) {
        return row.amount();
      }
    }
    damages.add("the catalog's highest version is missing");
    return 0;
  }

  private static long highestUsed(List<Rows.Version> versions) {
    return versions.stream().mapToLong(Rows.Version::version).max().orElse(0);
  }

  /** Reads a table from its beginning to its end: an index could hide rows. */
  private <R> List<R> read(
      RowKind<R> kind, @Nullable Function<R, String> owner, Comparator<R> order)
      throws SQLException {
    List<R> rows = new ArrayList<>();
    PreparedStatement select = statements.now(kind.select);
    try (ResultSet result = select.executeQuery()) {
      while (result.next()) {
        var in = new RowReader(result, kind.table);
        R row = kind.read(in, damages);
        if (row != null) {
          rows.add(row);
          if (owner != null) {
            tallies.count(owner.apply(row), in.checksum());
          }
        }
      }
    }
    rows.sort(order);
    return rows;
  }

  private static <R> Comparator<R> by(ToLongFunction<R> first, ToLongFunction<R> second) {
    return Comparator.comparingLong(first).thenComparingLong(second);
  }
}
