package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.TableName;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * How clients say what they mean: names, JSON commands and tickets become one of a few requests.
 *
 * <table>
 * <caption>What is understood</caption>
 * <tr><td>PATH {@code ["a","b"]}, or {@code ["a/b"]}</td><td>table {@code a/b}</td></tr>
 * <tr><td>CMD {@code a/b}</td><td>table {@code a/b}</td></tr>
 * <tr><td>CMD or ticket {@code {"get": "a/b"}}</td><td>read table {@code a/b}</td></tr>
 * <tr><td>CMD {@code {"put": "a/b"}}</td><td>write table {@code a/b}</td></tr>
 * <tr><td>ticket {@code a/b}</td><td>table {@code a/b} as it is now</td></tr>
 * <tr><td>ticket of ours</td><td>a table's version ({@link Tickets})</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
final class Dialect {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> KEYS = List.of("get", "put");

  private final Tickets tickets;

  Dialect(Tickets tickets) {
    this.tickets = tickets;
  }

  /** What a descriptor asks to read. */
  Request read(FlightDescriptor descriptor) {
    return new Request.Latest(name(descriptor, "get"));
  }

  /** What a ticket asks to read. */
  Request read(Ticket ticket) {
    return Tickets.isOurs(ticket.bytes())
        ? tickets.open(ticket.bytes())
        : new Request.Latest(name(ticket.bytes(), "get", "ticket"));
  }

  /** The table that a descriptor asks to write. */
  TableName write(FlightDescriptor descriptor) {
    return name(descriptor, "put");
  }

  /**
   * The descriptor that lists give back for a table put under {@code descriptor}: a JSON command
   * becomes a name.
   */
  static FlightDescriptor origin(FlightDescriptor descriptor, TableName name) {
    return switch (descriptor) {
      case FlightDescriptor.Path path -> path;
      case FlightDescriptor.Command command -> FlightDescriptor.command(name.toString());
    };
  }

  /** The table that an action's body names. */
  TableName named(ByteString body) {
    return TableName.parse(text(body, "action body"));
  }

  private static TableName name(FlightDescriptor descriptor, String verb) {
    return switch (descriptor) {
      case FlightDescriptor.Path path -> TableName.of(path.segments());
      case FlightDescriptor.Command command -> name(command.bytes(), verb, "command");
    };
  }

  private static TableName name(ByteString bytes, String verb, String what) {
    String text = text(bytes, what);
    return TableName.parse(text.startsWith("{") ? argument(text, verb, what) : text);
  }

  private static String text(ByteString bytes, String what) {
    if (!bytes.isValidUtf8()) {
      throw invalid(
          "a "
              + what
              + " of "
              + bytes.size()
              + " bytes is neither a name nor JSON: it is not UTF-8");
    }
    return bytes.toStringUtf8();
  }

  /** The name in a JSON command, which must have the verb of this call and no other key. */
  private static String argument(String json, String verb, String what) {
    Map<String, Object> command = parse(json, what);
    for (String key : command.keySet()) {
      if (!KEYS.contains(key)) {
        throw invalid(
            "a JSON "
                + what
                + " with unknown key '"
                + key
                + "'; known are "
                + String.join(", ", KEYS));
      }
    }
    if (command.size() != 1 || !(command.get(verb) instanceof String name)) {
      throw invalid(
          "a JSON " + what + " has to be {\"" + verb + "\": \"table name\"} here, not " + json);
    }
    return name;
  }

  private static Map<String, Object> parse(String json, String what) {
    try {
      return JSON.readValue(json, new TypeReference<>() {});
    } catch (JacksonException e) {
      throw invalid("a " + what + " that begins like JSON and is none: " + e.getOriginalMessage());
    }
  }

  private static StatusException invalid(String message) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, message);
  }
}
