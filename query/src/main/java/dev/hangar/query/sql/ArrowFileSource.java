package dev.hangar.query.sql;

import dev.hangar.query.dataset.DatasetMessages;
import dev.hangar.query.dataset.DatasetRange;
import dev.hangar.store.Batch;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an Arrow file, checked as they are read; it is opened when the first is asked.
 */
final class ArrowFileSource implements TableSource {
  private final SqlTable.ArrowFile file;
  private final AtomicLong rowsGiven = new AtomicLong();
  private @Nullable DatasetMessages messages;
  private volatile @Nullable RuntimeException failure;

  ArrowFileSource(SqlTable.ArrowFile file) {
    this.file = file;
  }

  @Override
  public @Nullable Loan next() {
    try {
      DatasetMessages.Message message = messages().next();
      return message == null ? null : loan(message);
    } catch (RuntimeException e) {
      failure = e; // DuckDB, which calls from C++, would make text of it
      throw e;
    }
  }

  private DatasetMessages messages() {
    DatasetMessages open = messages;
    if (open == null) {
      open = file.dataset().read(DatasetRange.ALL);
      messages = open;
    }
    return open;
  }

  /** An Arrow file's body is one piece; what may come behind it pads a message. */
  private Loan loan(DatasetMessages.Message message) {
    rowsGiven.addAndGet(message.rows());
    Runnable release = message.release();
    return new Loan(
        new Batch(message.metadata(), null, message.body().getFirst(), release), release);
  }

  @Override
  public void requireHeld(
      List<FieldVector> vectors,
      List<Integer> columns,
      List<String> names,
      DictionaryProvider dictionaries) {
    try {
      for (int i = 0; i < vectors.size(); i++) {
        HeldValues.require(names.get(columns.get(i)), vectors.get(i), dictionaries);
      }
    } catch (SqlException e) {
      failure = e; // as above
      throw e;
    }
  }

  /** A file may be another one at the next look. */
  @Override
  public void learn(List<FieldVector> vectors, List<Integer> columns) {}

  @Override
  public long rows() {
    return file.rows();
  }

  @Override
  public long rowsGiven() {
    return rowsGiven.get();
  }

  /** Nothing is known of an Arrow file's values. */
  @Override
  public long batchesSkipped() {
    return 0;
  }

  @Override
  public void rethrowFailure() {
    RuntimeException e = failure;
    if (e != null) {
      throw e;
    }
  }

  @Override
  public void close() {
    DatasetMessages open = messages;
    if (open != null) {
      messages = null;
      open.close();
    }
  }
}
