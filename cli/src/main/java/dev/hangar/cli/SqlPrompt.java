package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.HangarOptions;
import dev.hangar.client.Query;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A prompt for statements: with history, completion, and Ctrl-C for a statement that takes too
 * long. For one thread. JLine is loaded with this class, and with no other command.
 */
final class SqlPrompt {
  private static final String PROMPT = "hangar> ";
  private static final String MORE = "   ...> ";

  /** How long somebody who types waits for names. */
  private static final Duration NAMES_TIME = Duration.ofSeconds(2);

  /** That of a terminal that does not say. */
  private static final Size SIZE = Size.of(80, 24);

  private final org.jline.terminal.Terminal terminal;
  private final boolean colour;
  private final Hangar hangar;
  private final Query pattern;
  private final PrintWriter out;
  private final LineReader reader;
  private final PromptCommands commands;

  /**
   * A prompt.
   *
   * @param names for completion
   * @param pattern what statements are asked with
   * @param history the file that keeps what was typed; null for none
   */
  SqlPrompt(
      org.jline.terminal.Terminal terminal,
      boolean colour,
      Hangar hangar,
      ServerNames names,
      Query pattern,
      @Nullable Path history) {
    this.terminal = terminal;
    this.colour = colour;
    this.hangar = hangar;
    this.pattern = pattern;
    this.out = terminal.writer();
    if (terminal.getColumns() == 0) {
      terminal.setSize(SIZE);
    }
    this.reader = reader(terminal, names, history);
    this.commands = new PromptCommands(hangar, out);
  }

  /** Asks at the process's own terminal, until there is no more. */
  static void run(Hangar hangar, Session session, Query pattern) throws IOException {
    var options = HangarOptions.DEFAULT.deadline(NAMES_TIME);
    try (var terminal = TerminalBuilder.builder().system(true).build();
        Hangar brief = session.connect(options)) {
      var names = new ServerNames(brief, System::nanoTime);
      boolean colour = session.terminal().colour();
      new SqlPrompt(terminal, colour, hangar, names, pattern, StateFolder.file("history")).run();
    }
  }

  /** Asks until there is no more. */
  void run() {
    say("hangar sql; .help tells what there is besides statements");
    String line;
    do {
      line = line();
    } while (line != null && done(line));
  }

  /** Null at the end; nothing where what was typed was dropped. */
  private @Nullable String line() {
    try {
      return reader.readLine(PROMPT);
    } catch (UserInterruptException e) {
      return "";
    } catch (EndOfFileException e) {
      return null;
    }
  }

  /** Does what was typed; false if that is to leave. */
  private boolean done(String line) {
    var isStopped = new AtomicBoolean();
    Thread me = Thread.currentThread();
    SignalHandler before =
        terminal.handle(
            Signal.INT,
            signal -> {
              isStopped.set(true);
              me.interrupt();
            });
    try {
      return act(line);
    } catch (StatusException e) {
      boolean isMine = isStopped.get() && e.code() == StatusCode.CANCELLED;
      say(isMine ? "stopped" : Failures.sentence(e));
    } catch (RuntimeException | IOException e) {
      say(isStopped.get() ? "stopped" : Failures.sentence(e));
    } finally {
      terminal.handle(Signal.INT, before);
      boolean cleared = Thread.interrupted();
      out.flush();
    }
    return true;
  }

  private boolean act(String line) throws IOException {
    var size = new Terminal(terminal.getColumns(), true, colour);
    if (PromptParser.isCommand(line)) {
      return commands.run(line, size);
    }
    var run = new StatementRun(hangar, size, out);
    for (SqlText.Statement statement : SqlText.of(line).statements()) {
      try {
        run.show(pattern.sql(statement.sql()), out);
      } catch (StatusException e) {
        throw StatementRun.explained(e, line, statement.start());
      }
    }
    return true;
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }

  private static LineReader reader(
      org.jline.terminal.Terminal terminal, ServerNames names, @Nullable Path history) {
    var builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("hangar")
            .parser(new PromptParser())
            .completer(new PromptCompleter(names))
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, MORE)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // != is an operator
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, true);
    return (history == null ? builder : builder.variable(LineReader.HISTORY_FILE, history)).build();
  }
}
