package dev.hangar.store.file;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What an {@link IOException} means to whoever runs the store. */
public final class DiskFailure {
  /** What Linux, macOS and Windows call a full disk and a used up quota. */
  private static final List<String> FULL =
      List.of("no space left", "quota", "not enough space", "disk is full");

  private DiskFailure() {}

  /**
   * A sentence that names the file and says what to do.
   *
   * @param doing what failed, before the file's name: "write", "force"
   * @throws CancellationException if not the disk failed: the thread was interrupted, which closes
   *     the file it is at
   */
  public static StorageException of(String doing, Path file, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      throw new CancellationException(
          "interrupted where it was to %s %s; try again".formatted(doing, file));
    }
    boolean isFull = isFull(cause);
    var advice =
        isFull
            ? "make room on its disk, then try again"
            : "look after the disk, then start the server anew";
    return new StorageException(
        "cannot %s %s: %s; %s".formatted(doing, file, reason(cause), advice),
        isFull ? Remedy.ROOM : Remedy.RESTART,
        cause);
  }

  private static boolean isFull(IOException cause) {
    var reason = reason(cause).toLowerCase(Locale.ROOT);
    return FULL.stream().anyMatch(reason::contains);
  }

  /** Without the file's name, which some exceptions put first. */
  private static String reason(IOException cause) {
    @Nullable String words = cause.getMessage();
    if (cause instanceof FileSystemException named) {
      words = named.getReason();
    }
    return words == null ? cause.getClass().getSimpleName() : words;
  }
}
