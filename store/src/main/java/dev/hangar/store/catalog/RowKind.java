package dev.hangar.store.catalog;

import dev.hangar.store.StorageException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How rows of one kind stand in their SQL table, whose last column is the checksum. Immutable. */
final class RowKind<R> {
  /** Writes a row's values in the order of the columns. */
  interface Encoder<R> {
    void encode(R row, RowWriter out) throws SQLException;
  }

  /** Reads a row's values in the order of the columns. */
  interface Decoder<R> {
    R decode(RowReader in) throws SQLException;
  }

  final String table;

  /** A whole new row. */
  final String insert;

  /** A whole row, new or in place of the one with its key. */
  final String save;

  /** A whole row in place of another; {@code WHERE} and what follows is to be added. */
  final String update;

  /** Whole rows; {@code WHERE} can be added. */
  final String select;

  private final Encoder<R> encoder;
  private final Decoder<R> decoder;
  private final Function<R, String> label;

  /**
   * A kind of rows.
   *
   * @param key how many of the columns, from the first on, are the key
   * @param columns all but the checksum's
   * @param label what a row is called in a sentence
   */
  RowKind(
      String table,
      int key,
      List<String> columns,
      Encoder<R> encoder,
      Decoder<R> decoder,
      Function<R, String> label) {
    this.table = table;
    this.encoder = encoder;
    this.decoder = decoder;
    this.label = label;
    List<String> all = Stream.concat(columns.stream(), Stream.of("checksum")).toList();
    String names = String.join(", ", all);
    String marks = String.join(", ", Collections.nCopies(all.size(), "?"));
    select = "SELECT " + names + " FROM " + table;
    insert = "INSERT INTO " + table + " (" + names + ") VALUES (" + marks + ")";
    update = "UPDATE " + table + " SET " + each(all, "%1$s = ?");
    save =
        insert
            + " ON CONFLICT ("
            + String.join(", ", all.subList(0, key))
            + ") DO UPDATE SET "
            + each(all, "%1$s = excluded.%1$s");
  }

  /** The columns of a table, from one string. */
  static List<String> columns(String names) {
    return Arrays.asList(names.split(" ", -1));
  }

  /** Sets all columns as parameters from the first on; the checksum. */
  long bind(R row, PreparedStatement statement) throws SQLException {
    var out = new RowWriter(statement, table);
    encoder.encode(row, out);
    return out.end();
  }

  /** The checksum of a row. */
  long checksum(R row) throws SQLException {
    var out = new RowWriter(null, table);
    encoder.encode(row, out);
    return out.end();
  }

  /** The row a result stands on, or null, and what is wrong in {@code damages}. */
  @Nullable R read(RowReader in, List<String> damages) throws SQLException {
    R row;
    try {
      row = decoder.decode(in);
    } catch (ArithmeticException | DateTimeException e) {
      damages.add("a row of the catalog's " + table + " is damaged");
      return null;
    }
    if (in.isWhole()) {
      return row;
    }
    damages.add("the catalog's row of " + label.apply(row) + " is damaged");
    return null;
  }

  /**
   * All rows of a result.
   *
   * @throws StorageException if one of them is damaged: it must not get a new checksum
   */
  List<R> readAll(ResultSet result) throws SQLException {
    List<R> rows = new ArrayList<>();
    List<String> damages = new ArrayList<>();
    while (result.next()) {
      R row = read(new RowReader(result, table), damages);
      if (row != null) {
        rows.add(row);
      }
    }
    if (!damages.isEmpty()) {
      throw Damage.of(damages.getFirst());
    }
    return rows;
  }

  private static String each(List<String> columns, String format) {
    return columns.stream().map(format::formatted).collect(Collectors.joining(", "));
  }
}
