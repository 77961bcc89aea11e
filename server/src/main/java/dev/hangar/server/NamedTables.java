package dev.hangar.server;

import dev.hangar.query.dataset.Dataset;
import dev.hangar.query.dataset.Datasets;
import dev.hangar.query.sql.PartSource;
import dev.hangar.query.sql.SqlTable;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the names in statements stand for: tables, their versions, and files. Thread-safe. */
final class NamedTables {
  private final TableStore store;
  private final Datasets datasets;
  private final PartSource parts;

  NamedTables(TableStore store, Datasets datasets, PartSource parts) {
    this.store = store;
    this.datasets = datasets;
    this.parts = parts;
  }

  /** What a name stands for now; {@code a/b@7} is a version. */
  SqlTable open(TableName name) {
    return open(name, null);
  }

  /** The same; of a table in a certain version, where one is given. */
  SqlTable open(TableName name, @Nullable Long version) {
    return switch (Dialect.request(name)) {
      case Request.Numbered numbered -> stored(store.open(numbered.table(), numbered.version()));
      case Request.Latest latest when version != null ->
          stored(store.open(latest.table(), version));
      case Request.Latest latest -> latest(latest.table());
      case Request.Pinned _, Request.FileRange _ ->
          throw new IllegalArgumentException("a name is no ticket");
    };
  }

  private SqlTable latest(TableName name) {
    if (datasets.isFile(name)) {
      return files(datasets.get(name));
    }
    Optional<Dataset> dataset = store.contains(name) ? Optional.empty() : datasets.find(name);
    return dataset.isPresent() ? files(dataset.get()) : stored(store.open(name));
  }

  private SqlTable stored(TableVersion version) {
    return new SqlTable.Stored(version, parts);
  }

  private static SqlTable files(Dataset dataset) {
    return dataset
        .scan()
        .<SqlTable>map(scan ->
            new SqlTable.Files(scan, dataset.fingerprint(), dataset.rows(), dataset.bytes()))
        .orElseGet(() -> SqlTable.ArrowFile.of(dataset));
  }
}
