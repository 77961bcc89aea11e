package dev.hangar.server;

import dev.hangar.query.dataset.Mount;
import dev.hangar.store.Durability;
import dev.hangar.store.local.DataDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a server keeps its tables, and for how long. Immutable.
 *
 * @param data the directory that tables on disk are kept in; null for none
 * @param durability what tables outlive where their writers do not say
 * @param history how long replaced versions stay openable by their number
 * @param backups the directory that backups go to; null for none
 * @param datasets folders whose files are served too
 */
public record StorageConfig(
    @Nullable Path data,
    Durability durability,
    Duration history,
    @Nullable Path backups,
    List<Mount> datasets) {
  /** In memory, without a history. */
  static final StorageConfig MEMORY =
      new StorageConfig(null, Durability.MEMORY, Duration.ZERO, null, List.of());

  public StorageConfig {
    datasets = List.copyOf(datasets);
    if (durability == Durability.DISK && data == null) {
      throw new IllegalArgumentException("tables on disk need a directory to be in");
    }
    if (history.isNegative() || history.compareTo(Limits.TIME_TO_LIVE) > 0) {
      throw new IllegalArgumentException(
          "replaced versions stay for up to " + Limits.TIME_TO_LIVE.toDays() + " days");
    }
  }

  /** Where statements put aside what does not fit into their memory; null: nowhere. */
  @Nullable Path spill() {
    return data == null ? null : DataDirectory.spill(data);
  }

  StorageConfig withData(Path directory) {
    return new StorageConfig(directory, Durability.DISK, history, backups, datasets);
  }

  StorageConfig withDurability(Durability choice) {
    return new StorageConfig(data, choice, history, backups, datasets);
  }

  StorageConfig withHistory(Duration time) {
    return new StorageConfig(data, durability, time, backups, datasets);
  }

  StorageConfig withBackups(Path directory) {
    return new StorageConfig(data, durability, history, directory, datasets);
  }

  StorageConfig withDatasets(List<Mount> mounts) {
    return new StorageConfig(data, durability, history, backups, mounts);
  }
}
