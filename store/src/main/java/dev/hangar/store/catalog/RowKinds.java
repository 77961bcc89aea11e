package dev.hangar.store.catalog;

import static dev.hangar.store.catalog.RowKind.columns;

import dev.hangar.store.Quoted;
import java.sql.SQLException;

/** The kinds of rows there are; {@code V1.sql} tells their columns. */
final class RowKinds {
  private static final String FILE = "file_bytes footer_checksum data_rows data_bytes batches";

  /** A number with a name. */
  record Meta(String name, long amount) {}

  /** What an owner's rows come to: their number, and the sum of their checksums. */
  record Tally(String owner, long rows, long sum) {}

  static final RowKind<Meta> META =
      new RowKind<>(
          "meta",
          1,
          columns("name amount"),
          (row, out) -> out.text(row.name()).number(row.amount()),
          in -> new Meta(in.text(), in.number()),
          row -> Quoted.of(row.name()));

  static final RowKind<Tally> TALLIES =
      new RowKind<>(
          "tallies",
          1,
          columns("owner row_count checksum_sum"),
          (row, out) -> out.text(row.owner()).number(row.rows()).number(row.sum()),
          in -> new Tally(in.text(), in.number(), in.number()),
          row -> "tally " + Quoted.of(row.owner()));

  static final RowKind<Rows.Table> TABLES =
      new RowKind<>(
          "tables",
          1,
          columns("id name current_version"),
          (row, out) -> out.number(row.id()).text(row.name()).number(row.current()),
          in -> new Rows.Table(in.number(), in.text(), in.number()),
          row -> "table " + Quoted.of(row.name()));

  static final RowKind<Rows.Version> VERSIONS =
      new RowKind<>(
          "versions",
          2,
          columns(
              "table_id version origin schema_message data_rows data_bytes batches"
                  + " created_second created_nano expires_second expires_nano keep_versions"),
          RowKinds::encode,
          RowKinds::version,
          row -> "version " + row.version() + " of table number " + row.table());

  static final RowKind<Rows.Part> PARTS =
      new RowKind<>(
          "parts",
          1,
          columns("id table_id part_position " + FILE + " first_version end_version"),
          RowKinds::encode,
          RowKinds::part,
          row -> "part " + Quoted.of(row.file().id()) + " of table number " + row.table());

  static final RowKind<Rows.Upload> UPLOADS =
      new RowKind<>(
          "uploads",
          1,
          columns("id name origin options expires_second expires_nano"),
          (row, out) ->
              out.text(row.id())
                  .text(row.name())
                  .bytes(row.origin())
                  .text(row.options())
                  .time(row.expires()),
          in -> new Rows.Upload(in.text(), in.text(), in.bytes(), in.text(), in.time()),
          row -> "upload " + Quoted.of(row.id()));

  static final RowKind<Rows.UploadPart> UPLOAD_PARTS =
      new RowKind<>(
          "upload_parts",
          2,
          columns("upload_id part_number schema_message id " + FILE),
          RowKinds::encode,
          in -> new Rows.UploadPart(in.text(), in.integer(), in.bytes(), file(in.text(), in)),
          row -> "part " + row.number() + " of upload " + Quoted.of(row.upload()));

  static final RowKind<Rows.Key> KEYS =
      new RowKind<>(
          "idempotency_keys",
          1,
          columns("id name version created_second created_nano"),
          (row, out) ->
              out.text(row.key()).text(row.name()).number(row.version()).time(row.created()),
          in -> new Rows.Key(in.text(), in.text(), in.number(), in.time()),
          row -> "idempotency key " + Quoted.of(row.key()));

  private RowKinds() {}

  private static void encode(Rows.Version row, RowWriter out) throws SQLException {
    out.number(row.table()).number(row.version()).bytes(row.origin()).bytes(row.schema());
    out.number(row.rows()).number(row.bytes()).number(row.batches());
    out.time(row.created()).time(row.expires()).number(row.keepVersions());
  }

  private static Rows.Version version(RowReader in) throws SQLException {
    return new Rows.Version(
        in.number(),
        in.number(),
        in.bytes(),
        in.bytes(),
        in.number(),
        in.number(),
        in.number(),
        in.time(),
        in.timeOrNull(),
        in.integer());
  }

  private static void encode(Rows.Part row, RowWriter out) throws SQLException {
    out.text(row.file().id()).number(row.table()).number(row.position());
    encode(row.file(), out);
    out.number(row.first()).number(row.end());
  }

  private static Rows.Part part(RowReader in) throws SQLException {
    String id = in.text();
    long table = in.number();
    return new Rows.Part(table, in.integer(), file(id, in), in.number(), in.number());
  }

  private static void encode(Rows.UploadPart row, RowWriter out) throws SQLException {
    out.text(row.upload()).number(row.number()).bytes(row.schema()).text(row.file().id());
    encode(row.file(), out);
  }

  /** All but the id, whose column stands elsewhere. */
  private static void encode(Rows.PartFile file, RowWriter out) throws SQLException {
    out.number(file.fileBytes()).number(file.footerChecksum());
    out.number(file.rows()).number(file.bytes()).number(file.batches());
  }

  private static Rows.PartFile file(String id, RowReader in) throws SQLException {
    return new Rows.PartFile(id, in.number(), in.integer(), in.number(), in.number(), in.integer());
  }
}
