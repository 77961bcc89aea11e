package dev.hangar.server;

import dev.hangar.store.Durability;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a server keeps its tables, and for how long. Immutable.
 *
 * @param data the directory that tables on disk are kept in; null for none
 * @param durability what tables outlive where their writers do not say
 * @param history how long replaced versions stay openable by their number
 * @param backups the directory that backups go to; null for none
 */
public record StorageConfig(
    @Nullable Path data, Durability durability, Duration history, @Nullable Path backups) {
  /** In memory, without a history. */
  static final StorageConfig MEMORY =
      new StorageConfig(null, Durability.MEMORY, Duration.ZERO, null);

  public StorageConfig {
    if (durability == Durability.DISK && data == null) {
      throw new IllegalArgumentException("tables on disk need a directory to be in");
    }
    if (history.isNegative() || history.compareTo(Limits.TIME_TO_LIVE) > 0) {
      throw new IllegalArgumentException(
          "replaced versions stay for up to " + Limits.TIME_TO_LIVE.toDays() + " days");
    }
  }
}
