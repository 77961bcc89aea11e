package dev.hangar.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file whose first line is a password or a token. */
final class SecretFile {
  /** More than any server takes; who names the wrong file hears of it soon. */
  static final int CHARS_MAX = 8 << 10;

  private SecretFile() {}

  /**
   * The first line, without its end.
   *
   * @param what is in it, for messages, which do not repeat it
   * @throws FailedException if there is none
   */
  static String read(Path file, String what) {
    try (InputStream in = Files.newInputStream(file)) {
      return firstLine(in, file.toString(), what);
    } catch (NoSuchFileException e) {
      throw new FailedException("there is no file " + file + " with a " + what, e);
    } catch (IOException e) {
      throw new FailedException(
          "no " + what + " can be read from " + file + ": " + e.getMessage(), e);
    }
  }

  /** As {@link #read}, from a stream, which is not closed. */
  static String firstLine(InputStream in, String where, String what) throws IOException {
    var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    var line = new StringBuilder();
    for (int c = reader.read(); c >= 0 && c != '\n' && c != '\r'; c = reader.read()) {
      if (line.length() == CHARS_MAX) {
        throw new FailedException(
            "the first line of "
                + where
                + " is longer than "
                + CHARS_MAX
                + " characters; a "
                + what
                + " is not");
      }
      line.append((char) c);
    }
    if (line.isEmpty()) {
      throw new FailedException("the first line of " + where + " is empty; a " + what + " is not");
    }
    return line.toString();
  }
}
