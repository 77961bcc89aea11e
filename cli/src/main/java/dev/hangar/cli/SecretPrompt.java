package dev.hangar.cli;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A question at the process's terminal, whose answer is not shown. It finds the terminal also where
 * standard input and output are pipes or files, which Java's console does not.
 */
final class SecretPrompt {
  private static final Path TERMINAL = Path.of("/dev/tty");

  private SecretPrompt() {}

  /**
   * The line typed, without its end; empty at the end of input; null where there is no terminal.
   */
  static @Nullable String ask(String question) {
    try (var in =
            new BufferedReader(
                new InputStreamReader(
                    new FileInputStream(TERMINAL.toFile()), StandardCharsets.UTF_8));
        var out =
            new PrintStream(
                new FileOutputStream(TERMINAL.toFile()), true, StandardCharsets.UTF_8)) {
      String before = stty("-g").strip();
      var restored = new Thread(() -> restore(before), "hangar-echo");
      Runtime.getRuntime().addShutdownHook(restored); // Ctrl-C is a way to leave
      try {
        stty("-echo");
        out.print(question);
        out.flush();
        String line = in.readLine();
        out.println();
        return line == null ? "" : line;
      } finally {
        restore(before);
        Runtime.getRuntime().removeShutdownHook(restored);
      }
    } catch (IOException e) {
      return null; // no terminal, or one that would show what is typed
    }
  }

  private static void restore(String settings) {
    try {
      stty(settings);
    } catch (IOException e) {
      // the terminal is gone
    }
  }

  private static String stty(String argument) throws IOException {
    Process stty = new ProcessBuilder("stty", argument).redirectInput(TERMINAL.toFile()).start();
    try {
      String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (stty.waitFor() != 0) {
        throw new IOException("stty " + argument + " ended with " + stty.exitValue());
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
