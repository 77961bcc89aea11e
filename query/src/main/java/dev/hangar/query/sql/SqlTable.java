package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchReader;
import dev.hangar.query.dataset.Dataset;
import dev.hangar.store.TableName;
import dev.hangar.store.TableVersion;
import org.apache.arrow.vector.types.pojo.Schema;

/** What a name in a statement stands for. Closing it ends its lease. */
public sealed interface SqlTable extends AutoCloseable {
  /** What it is and as of when: the same text is the same rows. */
  String identity();

  @Override
  void close();

  /** What DuckDB is handed as batches, of the columns it needs. */
  sealed interface Batches extends SqlTable {
    TableName name();

    Schema schema();

    /** How many rows there are; -1 where nobody knows. */
    long rows();

    /** About how many bytes they are in memory. */
    long bytes();
  }

  /**
   * A version of a table. Takes ownership of the lease.
   *
   * @param parts where its parts are read
   */
  record Stored(TableVersion version, PartSource parts) implements Batches {
    @Override
    public TableName name() {
      return version.name();
    }

    @Override
    public Schema schema() {
      return BatchReader.schema(version.schema());
    }

    @Override
    public long rows() {
      return version.rows();
    }

    @Override
    public long bytes() {
      return version.bytes();
    }

    @Override
    public String identity() {
      return version.name() + "@" + version.number();
    }

    @Override
    public void close() {
      version.close();
    }
  }

  /** An Arrow file, as it was when it was found: it is not read when it has changed. */
  record ArrowFile(Dataset dataset, Schema schema, long rows, long bytes) implements Batches {
    /**
     * A dataset that DuckDB can't read by itself.
     *
     * @throws dev.hangar.query.dataset.DatasetException it can't be read
     */
    public static ArrowFile of(Dataset dataset) {
      return new ArrowFile(dataset, dataset.schema(), dataset.rows(), dataset.bytes());
    }

    @Override
    public TableName name() {
      return dataset.name();
    }

    @Override
    public String identity() {
      return dataset.fingerprint();
    }

    @Override
    public void close() {}
  }

  /**
   * Files that DuckDB reads.
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
