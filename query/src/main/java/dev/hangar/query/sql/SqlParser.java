package dev.hangar.query.sql;

import dev.hangar.query.duckdb.Sandbox;
import dev.hangar.query.sql.ParsedStatement.Target;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBConnection;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** DuckDB's parser. Thread-safe: one statement after the other. */
final class SqlParser implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Limits.TREE_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .build();
  private static final String PARSE =
      "SELECT json_serialize_sql(?::VARCHAR, skip_null := true, skip_empty := true,"
          + " skip_default := true)";
  private static final String ONLY_SELECT = "not implemented";

  private final RecentlyUsed<String, ParsedStatement> known =
      new RecentlyUsed<>(Limits.KNOWN_STATEMENTS);
  private DuckDBConnection connection;
  private final SqlFunctions functions;

  SqlParser() throws SQLException {
    this.connection = connect();
    try {
      this.functions = SqlFunctions.of(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static DuckDBConnection connect() throws SQLException {
    return Sandbox.connect(false, List.of("threads = 1"));
  }

  /** A database that failed may refuse all that comes. */
  private void renew() {
    try {
      connection.close();
      connection = connect();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not start again", e);
    }
  }

  /**
   * Reads a statement.
   *
   * @throws SqlException INVALID: it is none, more than one, or of a kind that is not run here
   */
  ParsedStatement parse(String sql) {
    ParsedStatement before = known.get(sql);
    ParsedStatement parsed = before == null ? newlyParsed(sql) : before;
    if (before == null && sql.length() <= Limits.KNOWN_STATEMENT_CHARS) {
      known.put(sql, parsed);
    }
    return parsed;
  }

  private synchronized ParsedStatement newlyParsed(String sql) {
    StatementText text = StatementText.of(sql);
    JsonNode tree = tree(text);
    var walk = new SyntaxTree(text.query(), functions);
    try {
      walk.walk(tree);
    } catch (SqlException e) {
      throw placed(e, text);
    }
    var query =
        new ParsedQuery(
            text.query(),
            text.offset(),
            walk.tables(),
            walk.columns(),
            walk.parameters(),
            text.target() instanceof Target.Explain explain
                ? explain.prefix() + normalized(tree)
                : normalized(tree),
            walk.isDeterministic() && !(text.target() instanceof Target.Explain));
    return new ParsedStatement(query, text.target());
  }

  private JsonNode tree(StatementText text) {
    JsonNode answer = read(serialized(text.query()));
    if (answer.path("error").asBoolean()) {
      throw refused(answer, text);
    }
    JsonNode statements = answer.path("statements");
    if (statements.isEmpty()) {
      throw SqlException.invalid("there is no statement: it is empty, or a comment");
    }
    if (statements.size() > 1) {
      throw SqlException.invalid(
          "there are " + statements.size() + " statements; ask for one at a time");
    }
    return statements.get(0);
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (StreamConstraintsException tooDeep) {
      throw SqlException.invalid(
          "the statement's expressions are nested too deep for its tree of at most "
              + Limits.TREE_DEPTH
              + " levels; divide it, or put long chains of OR into IN (…)");
    }
  }

  private String serialized(String query) {
    try (PreparedStatement statement = connection.prepareStatement(PARSE)) {
      statement.setString(1, query);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getString(1);
      }
    } catch (SQLException e) {
      renew();
      throw new IllegalStateException("DuckDB's parser fails", e);
    }
  }

  private static SqlException refused(JsonNode answer, StatementText text) {
    String message = answer.path("error_message").asString("");
    if (answer.path("error_type").asString("").equals(ONLY_SELECT)
        && message.startsWith("Only SELECT")) {
      return SqlException.invalid(
          "this kind of statement does not run here; there are SELECT, FROM, WITH, VALUES, UNPIVOT,"
              + " PIVOT … ON … IN (…), DESCRIBE, SUMMARIZE, EXPLAIN and EXPLAIN ANALYZE of those,"
              + " CREATE TABLE … AS, and INSERT INTO … SELECT. Of a PIVOT the values have to be told,"
              + " since the columns follow from them");
    }
    int position = answer.path("position").asInt(-1);
    return placed(SqlException.invalid(message, position), text);
  }

  /** Of bytes in the query, characters in the statement. */
  private static SqlException placed(SqlException failure, StatementText text) {
    if (failure.position().isEmpty()) {
      return failure;
    }
    int characters = characters(text.query(), failure.position().getAsInt());
    return SqlException.invalid(
        String.valueOf(failure.getMessage()), Math.max(0, text.offset() + characters));
  }

  /** How many characters the first bytes of a text are. */
  static int characters(String text, int bytes) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    return new String(all, 0, Math.clamp(bytes, 0, all.length), StandardCharsets.UTF_8).length();
  }

  /** The tree without the places of things. */
  private static String normalized(JsonNode tree) {
    JsonNode copy = tree.deepCopy();
    strip(copy);
    return JSON.writeValueAsString(copy);
  }

  private static void strip(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(List.of("query_location", "query_location_length"));
    }
    node.forEach(SqlParser::strip);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
