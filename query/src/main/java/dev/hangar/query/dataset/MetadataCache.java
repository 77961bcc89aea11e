package dev.hangar.query.dataset;

import dev.hangar.store.TableName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is known of datasets, as long as their files stay the same. Thread-safe. */
final class MetadataCache {
  /**
   * What was found out.
   *
   * @param files of which it is true
   */
  private record Known(java.util.List<FileStamp> files, Object what) {}

  private final Map<TableName, Known> known = new LinkedHashMap<>(16, 0.75f, true);
  private final int most;

  MetadataCache(int most) {
    this.most = most;
  }

  /**
   * What is known; empty where it has to be found out.
   *
   * @throws DatasetException it is known that it can't be read
   */
  synchronized Optional<DatasetMetadata> get(Dataset dataset) {
    Known entry = known.get(dataset.name());
    if (entry == null || !entry.files().equals(dataset.stamps())) {
      return Optional.empty();
    }
    if (entry.what() instanceof DatasetException failed) {
      throw new DatasetException(
          failed.kind(), failed.dataset(), String.valueOf(failed.getMessage()), failed);
    }
    return Optional.of((DatasetMetadata) entry.what());
  }

  void put(Dataset dataset, DatasetMetadata metadata) {
    remember(dataset, metadata);
  }

  void put(Dataset dataset, DatasetException failed) {
    remember(dataset, failed);
  }

  private synchronized void remember(Dataset dataset, Object what) {
    known.put(dataset.name(), new Known(dataset.stamps(), what));
    if (known.size() > most) {
      known.remove(known.keySet().iterator().next());
    }
  }
}
