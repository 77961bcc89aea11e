package dev.hangar.query.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;

/** Makes one sentence of whatever goes wrong with one file. Immutable. */
public final class FileFailures {
  /** A message is cut here, at the latest. */
  private static final int MESSAGE_CHARACTERS = 300;

  private static final Pattern CSV_LINE = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern CSV_COLUMN =
      Pattern.compile("Error when converting column \"(.*?)\"\\. (Could not convert [^\\n]*)");

  /** DuckDB's own kinds of error, which say nothing to people. */
  private static final Pattern KIND =
      Pattern.compile("^(java\\.\\S+: )?([A-Z][A-Za-z-]+( [A-Za-z-]+)* Error: )+");

  private final String name;
  private final FileFormat format;

  public FileFailures(Path file, FileFormat format) {
    this.name = file.toString();
    this.format = format;
  }

  /** What to throw when reading failed. */
  public IOException reading(Throwable cause) {
    if (cause instanceof DataFileException named) {
      return named;
    }
    if (cause instanceof OutOfMemoryException) {
      return new DataFileException(name + " needs more memory than there is: " + reason(cause));
    }
    String remedy =
        switch (format) {
          case PARQUET, ARROW_FILE, ARROW_STREAM ->
              "it may be damaged or cut short; fetch it again";
          case CSV, JSON_LINES -> "correct the line, or make the column text";
        };
    return new DataFileException(
        "%s can't be read as %s: %s (%s)".formatted(name, format.label(), reason(cause), remedy),
        cause);
  }

  /** What to throw when writing failed. */
  IOException writing(Throwable cause) {
    return switch (cause) {
      case DataFileException named -> named;
      case NoSuchFileException e ->
          new DataFileException(name + " can't be written: its folder does not exist", e);
      case AccessDeniedException e ->
          new DataFileException(name + " can't be written: its folder may not be changed", e);
      default ->
          new DataFileException(
              "%s can't be written as %s: %s%s"
                  .formatted(name, format.label(), reason(cause), otherFormat(cause)),
              cause);
    };
  }

  private static String otherFormat(Throwable cause) {
    boolean isType = message(cause).contains("Unsupported Internal Arrow Type");
    return isType ? "; an Arrow file (.arrow) takes every type" : "";
  }

  /** Closes all, first to last, whatever fails in between. */
  public void closeAll(Deque<AutoCloseable> resources) throws IOException {
    IOException failed = null;
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        if (failed == null) {
          failed = reading(e);
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  private static String reason(Throwable cause) {
    String message = message(cause);
    Matcher line = CSV_LINE.matcher(message);
    if (line.find()) {
      return "line " + line.group(1) + ": " + csvReason(message);
    }
    return cut(meaningful(message));
  }

  private static String csvReason(String message) {
    Matcher column = CSV_COLUMN.matcher(message);
    if (column.find()) {
      return cut("column " + column.group(1) + ": " + uncapitalized(column.group(2)));
    }
    List<String> lines = message.lines().toList();
    // the line after "Original Line: …" has the reason, unless the original line has line breaks
    return cut(
        lines.stream()
            .skip(1)
            .filter(text -> !text.startsWith("Original Line:") && !text.isBlank())
            .findFirst()
            .map(FileFailures::uncapitalized)
            .orElse(lines.getFirst()));
  }

  /** The first line that says something, without the kind of error before it. */
  private static String meaningful(String message) {
    return message
        .lines()
        .map(line -> KIND.matcher(line).replaceFirst("").strip())
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse("no reason given");
  }

  /** The message of the failure, or of what is behind it if it has none. */
  private static String message(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && !message.isBlank()) {
        return message;
      }
    }
    return failure == null ? "" : failure.getClass().getSimpleName();
  }

  private static String uncapitalized(String text) {
    return text.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + text.substring(1);
  }

  private static String cut(String text) {
    return text.length() <= MESSAGE_CHARACTERS ? text : text.substring(0, MESSAGE_CHARACTERS) + "…";
  }
}
