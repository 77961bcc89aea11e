package dev.hangar.query.dataset;

import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.query.file.FileFailures;
import dev.hangar.query.file.FileFormat;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;

/** Makes one sentence of whatever goes wrong with a dataset; no path of the server's is in it. */
final class DatasetFailures {
  private static final String OUT_OF_MEMORY = "Out of Memory Error";

  private DatasetFailures() {}

  /**
   * What to throw when reading failed.
   *
   * @param where in the dataset; empty where that is not known
   */
  static DatasetException reading(
      Dataset dataset, FileFormat format, String where, Throwable thrown) {
    Throwable cause = Threads.ThrownException.unwrapped(thrown);
    if (cause instanceof DatasetException named) {
      return named;
    }
    if (!dataset.isCurrent()) {
      return changed(dataset.name(), "while it was read", cause);
    }
    if (isOutOfMemory(cause)) {
      return new DatasetException(
          Kind.NO_MEMORY,
          dataset.name(),
          Quoted.of(dataset.name().toString())
              + " needs more memory than the server has for reading files now"
              + where
              + "; try again later, or give the server more with --memory",
          cause);
    }
    String message =
        cause instanceof InvalidDataException damaged
            ? dataset.name() + " can't be read as " + format.label() + ": " + damaged.getMessage()
            : sentence(dataset, format, cause);
    return new DatasetException(Kind.UNREADABLE, dataset.name(), message + where, cause);
  }

  private static String sentence(Dataset dataset, FileFormat format, Throwable cause) {
    var failures = new FileFailures(Path.of(dataset.name().toString()), format);
    String text = String.valueOf(failures.reading(cause).getMessage());
    return text.replace(dataset.place().toString(), dataset.name().toString());
  }

  static DatasetException changed(TableName name, String when, @Nullable Throwable cause) {
    return new DatasetException(
        Kind.CHANGED,
        name,
        Quoted.of(name.toString()) + " was changed " + when + "; ask for it again",
        cause);
  }

  static boolean isOutOfMemory(Throwable failure) {
    List<Throwable> seen = new ArrayList<>();
    for (Throwable cause = failure; cause != null && seen.size() < 10; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryException
          || String.valueOf(cause.getMessage()).contains(OUT_OF_MEMORY)) {
        return true;
      }
      seen.add(cause);
    }
    return false;
  }
}
