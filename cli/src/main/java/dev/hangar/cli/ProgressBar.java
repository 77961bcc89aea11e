package dev.hangar.cli;

import dev.hangar.client.Progress;
import dev.hangar.server.ByteSize;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How far a transfer is, on one line that is written again and again: rows, bytes, rate, and the
 * time left where the number of rows is known. One thread.
 *
 * <pre>
 *  put trips  [███████████·········]  56%  12,345,678 rows  1.2 GB  850.0 MB/s  2 s left
 *  backup     [███████████·········]  56%  1.2 GB of 2.1 GB  850.0 MB/s  2 s left
 * </pre>
 */
final class ProgressBar implements Progress, AutoCloseable {
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final int CELLS = 20;
  private static final int REASON_COLUMNS = 60;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final String what;
  private final OptionalLong totalRows;
  private final boolean shown;
  private final PrintWriter err;
  private final LongSupplier nanoClock;
  private final long begun;
  private long lastShown;
  private boolean dirty;

  ProgressBar(
      String what, OptionalLong totalRows, boolean shown, PrintWriter err, LongSupplier nanoClock) {
    this.what = what;
    this.totalRows = totalRows;
    this.shown = shown;
    this.err = err;
    this.nanoClock = nanoClock;
    this.begun = nanoClock.getAsLong();
    this.lastShown = begun;
  }

  @Override
  public void update(long rows, long bytes) {
    long now = nanoClock.getAsLong();
    if (shown && now - lastShown >= INTERVAL_NANOS) {
      lastShown = now;
      dirty = true;
      err.print(CLEAR_LINE + line(rows, bytes, (now - begun) / NANOS_PER_SECOND));
      err.flush();
    }
  }

  /** Tells how far it is with what is counted in bytes alone. */
  void bytes(long done, long total) {
    long now = nanoClock.getAsLong();
    if (shown && now - lastShown >= INTERVAL_NANOS) {
      lastShown = now;
      dirty = true;
      err.print(CLEAR_LINE + bytesLine(done, total, (now - begun) / NANOS_PER_SECOND));
      err.flush();
    }
  }

  @Override
  public void running(OptionalDouble share) {
    long now = nanoClock.getAsLong();
    if (shown && now - lastShown >= INTERVAL_NANOS) {
      lastShown = now;
      dirty = true;
      String done = share.isPresent() ? "  " + bar(share.getAsDouble()) : "";
      err.print(CLEAR_LINE + what + done + "  running  " + (long) seconds() + " s");
      err.flush();
    }
  }

  /** The time since it began. */
  double seconds() {
    return (nanoClock.getAsLong() - begun) / NANOS_PER_SECOND;
  }

  @Override
  public void waiting(String why) {
    if (shown) {
      dirty = true;
      err.print(CLEAR_LINE + what + "  waiting for the server: " + Text.line(why, REASON_COLUMNS));
      err.flush();
    }
  }

  /** Says what it came to, terminal or not. */
  void done(long rows, long bytes) {
    done(rows, bytes, "");
  }

  /** Says what it came to, and {@code more} of it. */
  void done(long rows, long bytes, String more) {
    clear();
    double seconds = seconds();
    err.println(
        String.format(
            Locale.ROOT,
            "%s: %s, %s in %.1f s (%s/s)%s",
            what,
            Text.rows(rows),
            ByteSize.text(bytes),
            seconds,
            ByteSize.text((long) (bytes / Math.max(seconds, 1e-3))),
            more));
  }

  /** Says this, terminal or not. */
  void say(String line) {
    clear();
    err.println(line);
  }

  /** Leaves the terminal's line empty, if the transfer did not come to its end. */
  @Override
  public void close() {
    clear();
  }

  /** Leaves the terminal's line empty, for something else to be printed. */
  void clear() {
    if (dirty) {
      err.print(CLEAR_LINE);
      err.flush();
      dirty = false;
    }
  }

  private String line(long rows, long bytes, double seconds) {
    String rate = ByteSize.text((long) (bytes / seconds)) + "/s";
    String moved = Text.rows(rows) + "  " + ByteSize.text(bytes) + "  " + rate;
    if (totalRows.isEmpty() || totalRows.getAsLong() == 0 || rows == 0) {
      return what + "  " + moved;
    }
    double share = Math.min(1, (double) rows / totalRows.getAsLong());
    return what + "  " + bar(share) + "  " + moved + left(share, seconds);
  }

  private String bytesLine(long done, long total, double seconds) {
    double share = total == 0 ? 1 : Math.min(1, (double) done / total);
    return String.format(
        Locale.ROOT,
        "%s  %s  %s of %s  %s/s%s",
        what,
        bar(share),
        ByteSize.text(done),
        ByteSize.text(total),
        ByteSize.text((long) (done / seconds)),
        left(share, seconds));
  }

  private static String left(double share, double seconds) {
    return share == 0 ? "" : "  " + duration((long) Math.ceil(seconds / share - seconds)) + " left";
  }

  private static String bar(double share) {
    double part = Math.max(0, Math.min(1, share));
    int full = (int) (part * CELLS);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d%%",
        "█".repeat(full),
        "·".repeat(CELLS - full),
        (int) (part * 100));
  }

  private static String duration(long seconds) {
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}
