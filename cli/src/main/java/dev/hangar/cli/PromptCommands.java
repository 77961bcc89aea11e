package dev.hangar.cli;

import dev.hangar.client.Hangar;
import java.io.PrintWriter;
import java.util.List;

/** What the prompt does itself: lines that begin with a dot. */
final class PromptCommands {
  static final String SCHEMA = ".schema";
  private static final String TABLES = ".tables";
  private static final String HELP = ".help";
  private static final String QUIT = ".quit";
  static final List<String> NAMES = List.of(TABLES, SCHEMA, HELP, QUIT);

  private static final String HELP_TEXT =
      """
      select …;       runs a statement; it goes on until its semicolon
      .tables         lists the tables
      .schema NAME    tells the columns of one
      .quit           leaves, as Ctrl-D does
      Tab completes names; Ctrl-C stops a statement; the arrows bring back what was typed.
      Names with a / stand in double quotes: select * from "sales/2024";
      """;

  private final Hangar hangar;
  private final PrintWriter out;

  PromptCommands(Hangar hangar, PrintWriter out) {
    this.hangar = hangar;
    this.out = out;
  }

  /** Does what {@code line} says; false if that is to leave. */
  boolean run(String line, Terminal terminal) {
    String[] words = line.strip().split("\\s+", 2);
    switch (words[0]) {
      case TABLES -> ListCommand.print(hangar.list(), terminal, out);
      case SCHEMA -> schema(words);
      case HELP -> out.print(HELP_TEXT);
      case QUIT, ".exit" -> {
        return false;
      }
      default ->
          throw new FailedException("there is no " + words[0] + "; .help tells what there is");
    }
    out.flush();
    return true;
  }

  private void schema(String[] words) {
    if (words.length == 1) {
      throw new FailedException("which table? .schema NAME");
    }
    String name = words[1].strip().replaceAll(";$", "").replaceAll("^\"(.*)\"$", "$1");
    InfoCommand.printFields(out, hangar.schema(name).getFields(), "");
  }
}
