package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.Query;
import dev.hangar.client.QueryReader;
import dev.hangar.server.ByteSize;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Runs statements, and does with their rows what was asked for. For one thread. */
final class StatementRun {
  /** How long rows are counted that are not shown; then it is left at there being more. */
  private static final double COUNTING_SECONDS = 3;

  /** What becomes of rows. */
  @FunctionalInterface
  interface Use {
    void rows(ArrowReader rows) throws IOException;
  }

  private final Hangar hangar;
  private final Terminal terminal;
  private final PrintWriter err;

  /**
   * @param err where progress, and what it came to, is told
   */
  StatementRun(Hangar hangar, Terminal terminal, PrintWriter err) {
    this.hangar = hangar;
    this.terminal = terminal;
    this.err = err;
  }

  /** Prints the first rows of an answer; a plan whole. */
  void show(Query query, PrintWriter out) throws IOException {
    var view = new TableView(terminal, out);
    try (var bar = bar();
        QueryReader answer = ask(query, bar)) {
      boolean isAll = true;
      if (PlanView.isPlan(answer)) {
        PlanView.print(answer, out, bar::clear);
      } else {
        int shown = view.printFirst(answer, bar::clear);
        isAll = count(answer, bar);
        bar.clear();
        if (answer.rowsRead() > shown) {
          view.printMore(answer.rowsRead() - shown, isAll);
        }
      }
      out.flush();
      bar.say(summary(answer, bar, isAll));
    }
  }

  /** Hands an answer on. */
  void use(Query query, Use use) throws IOException {
    try (var bar = bar();
        QueryReader answer = ask(query, bar)) {
      use.rows(answer);
      bar.say(summary(answer, bar, true));
    }
  }

  /** Runs a statement that answers with one number. */
  long count(Query query) throws IOException {
    try (var bar = bar();
        QueryReader answer = ask(query, bar)) {
      long count = 0;
      while (answer.loadNextBatch()) {
        count += ((BigIntVector) answer.getVectorSchemaRoot().getVector(0)).get(0);
      }
      return count;
    }
  }

  /** Rows that nobody wants. */
  static void drain(ArrowReader rows) throws IOException {
    boolean goesOn;
    do {
      goesOn = rows.loadNextBatch();
    } while (goesOn);
  }

  /** Reads on; false where there is more than could be read in that time. */
  private static boolean count(ArrowReader answer, ProgressBar bar) throws IOException {
    while (bar.seconds() < COUNTING_SECONDS) {
      if (!answer.loadNextBatch()) {
        return true;
      }
    }
    return !answer.loadNextBatch();
  }

  private QueryReader ask(Query query, ProgressBar bar) {
    return terminal.progress() ? hangar.query(query, bar) : hangar.query(query);
  }

  private ProgressBar bar() {
    return new ProgressBar("sql", OptionalLong.empty(), terminal.progress(), err, System::nanoTime);
  }

  private static String summary(QueryReader answer, ProgressBar bar, boolean isAll) {
    return String.format(
        Locale.ROOT,
        "sql: %s%s, %s in %.2f s, %s",
        isAll ? "" : "more than ",
        Text.rows(answer.rowsRead()),
        ByteSize.text(answer.bytesRead()),
        bar.seconds(),
        answer.age().map(age -> "cache hit, kept for " + text(age)).orElse("cache miss"));
  }

  private static String text(Duration age) {
    long seconds = age.toSeconds();
    return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
  }

  /**
   * A failure of a statement, as people should see it.
   *
   * @param text the statement is part of
   * @param start where in it the statement begins
   */
  static RuntimeException explained(StatusException failure, String text, int start) {
    OptionalInt position = failure.detail().map(ErrorDetail::position).orElse(OptionalInt.empty());
    return position.isEmpty()
        ? failure
        : new FailedException(
            Failures.sentence(failure)
                + System.lineSeparator()
                + Caret.at(text, start + position.getAsInt()),
            failure);
  }
}
