package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.query.sql.SqlCommand;
import dev.hangar.store.TableName;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tickets that stand for the answer to a statement, over the versions its tables had when it was
 * asked for. Thread-safe.
 *
 * <pre>
 *  0     3        4              12                         end - 16
 *  ┌─────┬────────┬──────────────┬───────────────────────────┬───────┐
 *  │ 0HQ │ layout │ id           │ {"sql": …, "tables": {…}} │ seal  │
 *  └─────┴────────┴──────────────┴───────────────────────────┴───────┘
 * </pre>
 */
final class QueryTickets {
  private static final ByteString MAGIC = ByteString.copyFrom(new byte[] {0, 'H', 'Q'});
  private static final byte LAYOUT = 1;
  private static final int ID_AT = 4;
  private static final int JSON_AT = ID_AT + Long.BYTES;
  private static final String TABLES = "tables";
  private static final String[] KEYS =
      Stream.concat(SqlWords.KEYS.stream(), Stream.of(TABLES)).toArray(String[]::new);

  /**
   * What a ticket stands for.
   *
   * @param id the ticket's own number
   * @param versions of the tables, by the names the statement has for them
   */
  record Sealed(long id, SqlCommand command, Map<TableName, Long> versions) {}

  private final Seal seal;

  QueryTickets(Seal seal) {
    this.seal = seal;
  }

  static boolean isOurs(ByteString ticket) {
    return ticket.startsWith(MAGIC);
  }

  /** A ticket for a statement over these versions. */
  Ticket seal(long id, SqlCommand command, Map<TableName, Long> versions) {
    Map<String, Object> words = SqlWords.words(command);
    var tables = new LinkedHashMap<String, Long>();
    versions.forEach((name, version) -> tables.put(name.toString(), version));
    words.put(TABLES, tables);
    byte[] json = JsonBody.write(words).toByteArray();
    ByteBuffer bytes = ByteBuffer.allocate(JSON_AT + json.length + Seal.BYTES);
    bytes.put(MAGIC.asReadOnlyByteBuffer()).put(LAYOUT).putLong(id).put(json);
    return seal.ticket(bytes.array());
  }

  /**
   * What a ticket of ours stands for.
   *
   * @throws StatusException INVALID_ARGUMENT: it was altered, or another server made it
   */
  Sealed open(ByteString ticket) {
    byte[] bytes = seal.opened(ticket, MAGIC, LAYOUT, JSON_AT);
    String json = new String(bytes, JSON_AT, bytes.length - JSON_AT, StandardCharsets.UTF_8);
    JsonBody body = JsonBody.parse("a ticket", json, KEYS);
    var words = new LinkedHashMap<>(body.values());
    var versions = new LinkedHashMap<TableName, Long>();
    if (words.remove(TABLES) instanceof Map<?, ?> tables) {
      tables.forEach((name, version) ->
          versions.put(TableName.parse("" + name), ((Number) version).longValue()));
    }
    SqlCommand command = SqlWords.command(new JsonBody("a ticket", words));
    return new Sealed(ByteBuffer.wrap(bytes).getLong(ID_AT), command, versions);
  }
}
