package dev.hangar.server;

import dev.hangar.store.TableName;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One line for each call: when, what, which table, rows, bytes, milliseconds, outcome. Thread-safe.
 *
 * <pre>
 *  09:31:05 DoPut          airquality                  153 rows     6.1 KB      12 ms  OK
 * </pre>
 *
 * <p>Of a call that failed also why, and under which trace id the caller was told so.
 */
final class CallLog {
  /** What becomes known of a call while it runs; its handler's thread alone. */
  static final class Entry {
    private String subject = "";
    private String table = "";
    private long rows = -1;
    private long bytes = -1;

    /** What the call is about, where that is a table. */
    void table(TableName name) {
      table = name.toString();
      subject = table;
    }

    /** What the call is about, as the line shows it. */
    void subject(String text) {
      subject = text;
    }

    void size(long rows, long bytes) {
      this.rows = rows;
      this.bytes = bytes;
    }
  }

  private static final int TABLE_CHARS_MAX = 60;
  private static final int LINE_CHARS = 128;
  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  private final Console console;
  private final Clock clock;

  CallLog(Console console, Clock clock) {
    this.console = console;
    this.clock = clock;
  }

  /** Runs a call that answers through a stream. */
  void run(String method, CallContext call, Consumer<Entry> handler) {
    call(
        method,
        call,
        entry -> {
          handler.accept(entry);
          return entry;
        });
  }

  /** Runs a call, and writes its line; what it throws becomes a status here. */
  <A> A call(String method, CallContext call, Function<Entry, A> handler) {
    var entry = new Entry();
    long begun = System.nanoTime();
    try {
      A answer = handler.apply(entry);
      write(method, entry, begun, StatusCode.OK, "");
      return answer;
    } catch (RuntimeException | Error thrown) {
      StatusException failure = failure(thrown, entry);
      String why = failure.description() + "  [trace " + call.traceId() + "]";
      write(method, entry, begun, failure.code(), why);
      if (failure.code() == StatusCode.INTERNAL) {
        console.line(Statuses.stackTrace(thrown));
      }
      throw failure;
    }
  }

  /** What the caller is told: of which table, where the failure itself does not say so. */
  private static StatusException failure(Throwable thrown, Entry entry) {
    StatusException failure = Statuses.of(thrown);
    ErrorDetail detail = failure.detail().orElseGet(() -> ErrorDetail.of(failure.code().name()));
    return entry.table.isEmpty() || !detail.table().isEmpty()
        ? failure
        : failure.withDetail(detail.withTable(entry.table));
  }

  /** By hand: {@link String#format} takes as long as a small call. */
  private void write(String method, Entry entry, long begun, StatusCode code, String message) {
    String rows = entry.rows < 0 ? "" : grouped(entry.rows) + " rows";
    String bytes = entry.bytes < 0 ? "" : ByteSize.text(entry.bytes);
    long millis = (System.nanoTime() - begun) / 1_000_000;
    var line = new StringBuilder(LINE_CHARS);
    DateTimeFormatter.ISO_TIME.formatTo(LocalTime.now(clock).truncatedTo(ChronoUnit.SECONDS), line);
    left(line.append(' '), 14, method);
    left(line.append(' '), 24, printable(shown(entry.subject)));
    right(line.append(' '), 16, rows);
    right(line.append(' '), 9, bytes);
    right(line.append(' '), 6, Long.toString(millis));
    line.append(" ms  ").append(code);
    if (!message.isEmpty()) {
      line.append(": ").append(printable(message));
    }
    console.line(line.toString());
  }

  private static void left(StringBuilder line, int width, String text) {
    line.append(text).repeat(' ', Math.max(0, width - text.length()));
  }

  private static void right(StringBuilder line, int width, String text) {
    line.repeat(' ', Math.max(0, width - text.length())).append(text);
  }

  /** {@code 1,234,567}. */
  private static String grouped(long count) {
    var digits = new StringBuilder().append(count);
    for (int at = digits.length() - 3; at > 0; at -= 3) {
      digits.insert(at, ',');
    }
    return digits.toString();
  }

  private static String shown(String table) {
    return table.length() <= TABLE_CHARS_MAX
        ? table
        : table.substring(0, TABLE_CHARS_MAX - 1) + "…";
  }

  /** Strangers choose these texts: nothing in them may break out of the line. */
  static String printable(String text) {
    return CONTROLS.matcher(text).replaceAll("·");
  }
}
