package dev.hangar.query.sql;

import dev.hangar.store.TableVersion;

/** What a name in a statement stands for. Closing it ends its lease. */
public sealed interface SqlTable extends AutoCloseable {
  /** What it is and as of when: the same text is the same rows. */
  String identity();

  @Override
  void close();

  /** A version of a table. Takes ownership of the lease. */
  record Stored(TableVersion version) implements SqlTable {
    @Override
    public String identity() {
      return version.name() + "@" + version.number();
    }

    @Override
    public void close() {
      version.close();
    }
  }

  /**
   * Files.
   *
   * @param scan the call of one of DuckDB's table functions that reads them
   * @param identity their names, sizes and times
   * @param rows about how many there are; -1 where nobody knows
   * @param bytes about how many they are in memory
   */
  record Files(String scan, String identity, long rows, long bytes) implements SqlTable {
    @Override
    public void close() {}
  }
}
