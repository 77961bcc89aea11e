package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.query.result.Results;
import dev.hangar.query.sql.SqlCommand;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How clients say what they mean: names, JSON commands and tickets become one of a few requests.
 *
 * <table>
 * <caption>What is understood</caption>
 * <tr><td>PATH {@code ["a","b"]}, or {@code ["a/b"]}</td><td>table {@code a/b}</td></tr>
 * <tr><td>CMD {@code a/b}</td><td>table {@code a/b}</td></tr>
 * <tr><td>CMD or ticket {@code {"get": "a/b"}}</td><td>read table {@code a/b}</td></tr>
 * <tr><td>CMD or ticket {@code {"sql": "select …"}}</td><td>the answer to a statement ({@link
 * SqlWords})</td></tr>
 * <tr><td>CMD {@code {"put": "a/b"}}</td><td>write table {@code a/b}</td></tr>
 * <tr><td>CMD {@code {"upload": "ID", "part": 3}}</td><td>write a part of an upload</td></tr>
 * <tr><td>ticket {@code a/b}</td><td>table {@code a/b} as it is now</td></tr>
 * <tr><td>{@code a/b@7} where it is to be read</td><td>version 7 of table {@code a/b}</td></tr>
 * <tr><td>ticket of ours</td><td>parts of a table's version ({@link Tickets}), or of a file
 * ({@link DatasetTickets})</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
final class Dialect {
  private static final String[] KEYS =
      Stream.concat(Stream.of("get", "put", "upload", "part"), SqlWords.KEYS.stream())
          .toArray(String[]::new);

  /** A last segment that names a version. */
  private static final Pattern NUMBERED = Pattern.compile("(.*)@([0-9]+)", Pattern.DOTALL);

  private final Tickets tickets;

  Dialect(Tickets tickets) {
    this.tickets = tickets;
  }

  /** What a descriptor asks to read. */
  Request read(FlightDescriptor descriptor) {
    return switch (descriptor) {
      case FlightDescriptor.Path path -> request(TableName.of(path.segments()));
      case FlightDescriptor.Command command -> read(command.bytes(), "command");
    };
  }

  /** The statement that a descriptor asks for; empty where it asks for something else. */
  Optional<SqlCommand> sql(FlightDescriptor descriptor) {
    return switch (descriptor) {
      case FlightDescriptor.Path path -> Optional.empty();
      case FlightDescriptor.Command command -> sql(command.bytes(), "command");
    };
  }

  /** The ticket in a descriptor by which PollFlightInfo asks on; empty in any other. */
  static Optional<ByteString> polled(FlightDescriptor descriptor) {
    return descriptor instanceof FlightDescriptor.Command command
            && QueryTickets.isOurs(command.bytes())
        ? Optional.of(command.bytes())
        : Optional.empty();
  }

  /** The statement that a ticket, which is none of ours, asks for. */
  Optional<SqlCommand> sql(Ticket ticket) {
    boolean isOurs = Tickets.isOurs(ticket.bytes()) || DatasetTickets.isOurs(ticket.bytes());
    return isOurs ? Optional.empty() : sql(ticket.bytes(), "ticket");
  }

  private static Optional<SqlCommand> sql(ByteString bytes, String what) {
    String text = text(bytes, what);
    if (!text.startsWith("{")) {
      return Optional.empty();
    }
    JsonBody body = JsonBody.parse("a JSON " + what, text, KEYS);
    return body.values().containsKey("sql")
        ? Optional.of(SqlWords.command(body))
        : Optional.empty();
  }

  /** What a ticket asks to read. */
  Request read(Ticket ticket) {
    if (DatasetTickets.isOurs(ticket.bytes())) {
      return tickets.datasets().open(ticket.bytes());
    }
    return Tickets.isOurs(ticket.bytes())
        ? tickets.open(ticket.bytes())
        : read(ticket.bytes(), "ticket");
  }

  /** What a descriptor asks to write. */
  Target write(FlightDescriptor descriptor) {
    return switch (descriptor) {
      case FlightDescriptor.Path path -> new Target.Table(plain(TableName.of(path.segments())));
      case FlightDescriptor.Command command -> write(command.bytes());
    };
  }

  /**
   * A name that names no version.
   *
   * @throws StatusException INVALID_ARGUMENT: it does, or it is one of the server's own
   */
  static TableName plain(TableName name) {
    requireFree(name);
    if (NUMBERED.matcher(name.segments().getLast()).matches()) {
      throw invalid(
          "the name "
              + Quoted.of(name.toString())
              + " means one version of a table, which can only be read;"
              + " choose a name that does not end in @ and digits");
    }
    return name;
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

  /** The descriptor of a table that was put under {@code origin}, and may have been renamed. */
  static FlightDescriptor named(FlightDescriptor origin, TableName name) {
    return switch (origin) {
      case FlightDescriptor.Path path when TableName.of(path.segments()).equals(name) -> path;
      case FlightDescriptor.Path path -> path(name);
      case FlightDescriptor.Command command -> FlightDescriptor.command(name.toString());
    };
  }

  /** A name as a path. */
  static FlightDescriptor path(TableName name) {
    return FlightDescriptor.path(name.segments().toArray(String[]::new));
  }

  /** The table that an action's body names. */
  TableName named(ByteString body) {
    return plain(TableName.parse(text(body, "action body")));
  }

  private static Request read(ByteString bytes, String what) {
    String text = text(bytes, what);
    return request(TableName.parse(text.startsWith("{") ? read(text, what) : text));
  }

  private static String read(String json, String what) {
    JsonBody command = JsonBody.parse("a JSON " + what, json, KEYS);
    if (command.values().size() != 1 || !(command.values().get("get") instanceof String name)) {
      throw invalid(
          "a JSON "
              + what
              + " has to be {\"get\": \"table name\"} or {\"sql\": \"select …\"} here, not "
              + Quoted.of(json));
    }
    return name;
  }

  /** What a name asks to read. */
  static Request request(TableName name) {
    requireFree(name);
    String last = name.segments().getLast();
    Matcher numbered = NUMBERED.matcher(last);
    if (!numbered.matches()) {
      return new Request.Latest(name);
    }
    var segments = new ArrayList<>(name.segments());
    segments.set(segments.size() - 1, numbered.group(1));
    return new Request.Numbered(new TableName(segments), version(numbered.group(2), name));
  }

  private static void requireFree(TableName name) {
    if (name.segments().getFirst().equals(Results.FOLDER)) {
      throw invalid(
          "names that begin with "
              + Results.FOLDER
              + " are the server's own; choose another than "
              + Quoted.of(name.toString()));
    }
  }

  private static long version(String digits, TableName name) {
    return WriteWords.number(
        digits,
        Long.MAX_VALUE,
        "the version in the name " + Quoted.of(name.toString()),
        "a number up to " + Long.MAX_VALUE);
  }

  private static Target write(ByteString bytes) {
    String text = text(bytes, "command");
    if (!text.startsWith("{")) {
      return new Target.Table(plain(TableName.parse(text)));
    }
    JsonBody command = JsonBody.parse("a JSON command", text, KEYS);
    if (command.values().size() == 1 && command.values().get("put") instanceof String name) {
      return new Target.Table(plain(TableName.parse(name)));
    }
    if (command.values().size() == 2
        && command.values().get("upload") instanceof String upload
        && command.values().get("part") instanceof Integer part
        && part >= 0) {
      return new Target.Part(upload, part);
    }
    throw invalid(
        "a JSON command has to be {\"put\": \"table name\"} or {\"upload\": \"ID\", \"part\": 0}"
            + " here, with a part from 0 to "
            + Integer.MAX_VALUE
            + ", not "
            + Quoted.of(text));
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

  private static StatusException invalid(String message) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, message);
  }
}
