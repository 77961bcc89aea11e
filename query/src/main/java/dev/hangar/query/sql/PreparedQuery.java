package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.store.TableVersion;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A statement whose tables are found and leased, and whose answer's schema is known. Thread-safe;
 * runs any number of times until it is closed.
 */
public final class PreparedQuery implements AutoCloseable {
  private final SqlCommand command;
  private final ParsedQuery query;
  private final @Nullable SqlWrite write;
  private final SplicedText text;
  private final List<SqlTable> tables;
  private final QueryPlan plan;
  private final String key;

  /** Takes ownership of {@code tables}. */
  PreparedQuery(
      SqlCommand command,
      ParsedQuery query,
      SplicedText text,
      List<SqlTable> tables,
      QueryPlan plan,
      @Nullable SqlWrite write) {
    this.command = command;
    this.query = query;
    this.write = write;
    this.text = text;
    this.tables = List.copyOf(tables);
    this.plan = plan;
    this.key = key(command, query, tables);
  }

  /** What was asked. */
  public SqlCommand command() {
    return command;
  }

  /** What becomes of its rows, where they are not answered. */
  public Optional<SqlWrite> write() {
    return Optional.ofNullable(write);
  }

  /** The schema of the query's rows, without dictionaries. */
  public Schema schema() {
    return plan.schema();
  }

  /** The same as a bare IPC message. */
  public ByteBuffer schemaMessage() {
    return BatchEncoder.schema(plan.schema());
  }

  /** The same for statements that have the same answer: 64 hexadecimal digits. */
  public String key() {
    return key;
  }

  /** Whether its answer may be given again as long as its tables are the same. */
  public boolean isRepeatable() {
    return query.isDeterministic();
  }

  /** The versions of stored tables it reads. */
  public List<TableVersion> versions() {
    return tables.stream()
        .filter(SqlTable.Stored.class::isInstance)
        .map(table -> ((SqlTable.Stored) table).version())
        .toList();
  }

  QueryPlan plan() {
    return plan;
  }

  /** The query as it was written, but for names and values. */
  SplicedText text() {
    return text;
  }

  /** In the order of the plan's scans. */
  List<SqlTable> tables() {
    return tables;
  }

  @Override
  public void close() {
    tables.forEach(SqlTable::close);
  }

  private static String key(SqlCommand command, ParsedQuery query, List<SqlTable> tables) {
    return Digest.of(
        query.normalized()
            + "\n"
            + command.parameters()
            + "\n"
            + tables.stream().map(SqlTable::identity).collect(Collectors.joining("\n")));
  }
}
