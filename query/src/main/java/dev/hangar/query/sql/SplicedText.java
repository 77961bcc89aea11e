package dev.hangar.query.sql;

import dev.hangar.query.duckdb.Sql;
import dev.hangar.query.sql.ParsedQuery.Parameter;
import dev.hangar.query.sql.ParsedQuery.Place;
import dev.hangar.query.sql.ParsedQuery.TableReference;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query's text with other names in the place of its tables, and values in the place of its
 * parameters. All else stays as its author wrote it, so that what DuckDB says of a place can be
 * told of the author's text. Immutable.
 */
final class SplicedText {
  /** Some bytes of the query, and what stands in their place. */
  private record Splice(Place place, String text, @Nullable String parameter) {}

  /** Where a splice came to stand. */
  private record Spliced(Splice splice, int from, int to) {}

  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  private final ParsedQuery query;
  private final String text;
  private final List<Spliced> splices;

  private SplicedText(ParsedQuery query, String text, List<Spliced> splices) {
    this.query = query;
    this.text = text;
    this.splices = splices;
  }

  /**
   * A query with {@code view(0)} for its first table, and so on.
   *
   * @throws SqlException INVALID: the values are not those of the query's parameters
   */
  static SplicedText of(ParsedQuery query, Map<String, @Nullable Object> values) {
    checkNames(query, values);
    var splices = new ArrayList<Splice>();
    for (int i = 0; i < query.tables().size(); i++) {
      splices.add(table(query.tables().get(i), view(i)));
    }
    for (ParsedQuery.ColumnReference column : query.columns()) {
      tableOf(column, query.tables()).ifPresent(table -> splices.add(column(column, table)));
    }
    for (Parameter parameter : query.parameters()) {
      String value = SqlValue.of(values.get(parameter.name()), "parameter " + parameter.name());
      splices.add(new Splice(parameter.place(), value, parameter.name()));
    }
    splices.sort(Comparator.comparingInt(splice -> splice.place().from()));
    return spliced(query, splices);
  }

  /** What the table with that number is called in the text. */
  static String view(int table) {
    return "hangar_" + table;
  }

  String text() {
    return text;
  }

  /** The query as its author wrote it. */
  String original() {
    return query.text();
  }

  /** What DuckDB says, with the tables called as their author does. */
  String told(String said) {
    String told = said;
    for (int i = query.tables().size() - 1; i >= 0; i--) {
      TableReference table = query.tables().get(i);
      String name = name(i);
      if (!table.isNamed()) {
        told = told.replace(view(i) + " AS " + plain(table.path().getLast()), name);
      }
      told = told.replace(view(i), name);
    }
    return told;
  }

  /** What the author calls the table with that number. */
  String name(int table) {
    return query.tables().get(table).path().stream()
        .map(SplicedText::plain)
        .collect(Collectors.joining("."));
  }

  /** A name in quotes, if it needs them. */
  private static String plain(String name) {
    return PLAIN.matcher(name).matches() ? name : Sql.identifier(name);
  }

  /**
   * What a failure means to who wrote the query.
   *
   * @param ran the text that failed: this one, or one around it
   */
  SqlException failure(Throwable thrown, String ran) {
    byte[] before =
        ran.substring(0, Math.max(0, ran.indexOf(text))).getBytes(StandardCharsets.UTF_8);
    DuckDbFailure failure = DuckDbFailure.of(thrown);
    int at = failure.position() - before.length;
    return at < 0
        ? failure.exception(told(failure.message()), -1)
        : failure.exception(
            parameterAt(at).map(name -> "parameter " + name + ": ").orElse("")
                + told(failure.message()),
            position(at));
  }

  /** Where in the statement a byte of the text is from, in characters. */
  private int position(int at) {
    int original = at;
    for (Spliced spliced : splices) {
      if (at < spliced.from()) {
        break;
      }
      Place place = spliced.splice().place();
      original = at < spliced.to() ? place.from() : place.to() + at - spliced.to();
    }
    return query.offset() + SqlParser.characters(query.text(), original);
  }

  /** The parameter whose value stands at a byte of the text. */
  private Optional<String> parameterAt(int at) {
    return splices.stream()
        .filter(spliced -> spliced.from() <= at && at <= spliced.to()) // a cast stands behind it
        .flatMap(spliced -> Optional.ofNullable(spliced.splice().parameter()).stream())
        .findFirst();
  }

  private static void checkNames(ParsedQuery query, Map<String, @Nullable Object> values) {
    var wanted =
        query.parameters().stream()
            .map(Parameter::name)
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    if (!wanted.equals(values.keySet())) {
      throw SqlException.invalid(
          "the statement has "
              + (wanted.isEmpty() ? "no parameters" : "the parameters " + String.join(", ", wanted))
              + ", and there are values for "
              + (values.isEmpty() ? "none" : String.join(", ", values.keySet())));
    }
  }

  private static Splice table(TableReference table, String view) {
    String alias = table.isNamed() ? "" : " AS " + Sql.identifier(table.path().getLast());
    return new Splice(table.place(), view + alias, null);
  }

  private static Optional<TableReference> tableOf(
      ParsedQuery.ColumnReference column, List<TableReference> tables) {
    return tables.stream()
        .filter(table -> !table.isNamed() && table.path().size() > 1)
        .filter(table -> table.path().size() < column.path().size())
        .filter(table -> column.path().subList(0, table.path().size()).equals(table.path()))
        .findFirst();
  }

  /** A column by the last part of its table's name: the view has no others. */
  private static Splice column(ParsedQuery.ColumnReference column, TableReference table) {
    String name =
        column.path().stream()
            .skip(table.path().size() - 1L)
            .map(Sql::identifier)
            .collect(Collectors.joining("."));
    return new Splice(column.place(), name, null);
  }

  private static SplicedText spliced(ParsedQuery query, List<Splice> splices) {
    byte[] bytes = query.text().getBytes(StandardCharsets.UTF_8);
    var text = new ByteArrayOutputStream();
    var places = new ArrayList<Spliced>();
    int at = 0;
    for (Splice splice : splices) {
      text.write(bytes, at, splice.place().from() - at);
      int from = text.size();
      text.writeBytes(splice.text().getBytes(StandardCharsets.UTF_8));
      places.add(new Spliced(splice, from, text.size()));
      at = splice.place().to();
    }
    text.write(bytes, at, bytes.length - at);
    String spliced = text.toString(StandardCharsets.UTF_8).stripTrailing();
    return new SplicedText(query, withoutEnd(spliced), places);
  }

  /** What is wrapped in another query may not end in semicolons. */
  private static String withoutEnd(String text) {
    return text.endsWith(";")
        ? withoutEnd(text.substring(0, text.length() - 1).stripTrailing())
        : text;
  }
}
