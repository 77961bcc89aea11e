package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.store.local.Fault;
import dev.hangar.store.local.LocalStore;
import dev.hangar.store.local.Verification;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Verification and backups of what a server has on disk, in JSON. Thread-safe. */
final class UpkeepActions {
  /** Between two lines that say how far it is. */
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** One segment of a path on any file system, which is not hidden and goes nowhere. */
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0," + (Limits.BACKUP_NAME_CHARS - 1) + "}");

  private final LocalStore store;
  private final @Nullable Path backups;

  /**
   * Actions on a store.
   *
   * @param backups where backups go; null: none are made
   */
  UpkeepActions(LocalStore store, @Nullable Path backups) {
    this.store = store;
    this.backups = backups;
  }

  void verify(ByteString body, CallLog.Entry entry, Consumer<ByteString> out) {
    @Nullable TableName table = table(body);
    if (table != null) {
      entry.table(table);
      store.open(table).close();
    }
    entry.subject("verify " + (table == null ? "all tables" : table));
    var lines = new Lines(out);
    lines.line(UpkeepLines.summary(store.upkeep().verify(table, lines)));
  }

  private static @Nullable TableName table(ByteString body) {
    if (body.isEmpty()) {
      return null;
    }
    JsonBody json = JsonBody.of("verify", body, "table");
    return json.has("table") ? json.table("table") : null;
  }

  void backup(ByteString body, CallLog.Entry entry, Consumer<ByteString> out) {
    String name = JsonBody.of("backup", body, "name").text("name");
    entry.subject("backup " + Quoted.of(name));
    Path target = target(name);
    var lines = new Lines(out);
    var summary = store.upkeep().backup(target, lines::copied);
    lines.line(UpkeepLines.summary(target, summary));
  }

  private Path target(String name) {
    if (backups == null) {
      throw new StatusException(
          StatusCode.FAILED_PRECONDITION,
          "this server has no place for backups; start it with --backups DIR");
    }
    if (!NAME.matcher(name).matches()) {
      throw JsonBody.invalid(
          "a backup can't be called "
              + Quoted.of(name)
              + "; a name has 1 to "
              + Limits.BACKUP_NAME_CHARS
              + " letters, digits, '-', '_' and '.', and does not begin with '.'");
    }
    return backups.resolve(name);
  }

  /** What a verification or a backup says, on its way to a caller. */
  private static final class Lines implements Verification.Listener {
    private final Consumer<ByteString> out;
    private long last = System.nanoTime();
    private long allRows;
    private long allBytes;

    private Lines(Consumer<ByteString> out) {
      this.out = out;
    }

    @Override
    public void begins(long rows, long bytes) {
      allRows = rows;
      allBytes = bytes;
      line(UpkeepLines.progress(0, rows, 0, bytes));
    }

    @Override
    public void progress(long rows, long bytes) {
      now(() -> UpkeepLines.progress(rows, allRows, bytes, allBytes));
    }

    @Override
    public void fault(Fault fault) {
      line(UpkeepLines.fault(fault));
    }

    /** How many of how many bytes a backup has; said at once where it begins. */
    private void copied(long bytes, long total) {
      if (bytes == 0) {
        begins(0, total);
      } else {
        progress(0, bytes);
      }
    }

    private void line(String line) {
      out.accept(ByteString.copyFromUtf8(line));
    }

    /** A line, if there was none for some time. */
    private void now(Supplier<String> line) {
      if (System.nanoTime() - last > INTERVAL.toNanos()) {
        last = System.nanoTime();
        line(line.get());
      }
    }
  }
}
