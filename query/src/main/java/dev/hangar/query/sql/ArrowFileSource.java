package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchSource.Loan;
import dev.hangar.query.dataset.DatasetMessages;
import dev.hangar.query.dataset.DatasetRange;
import dev.hangar.store.Batch;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an Arrow file, checked as they are read; it is opened when the first is asked.
 * Nothing is known of its values: it may be another file at the next look.
 */
final class ArrowFileSource extends TableSource {
  private final SqlTable.ArrowFile file;
  private @Nullable DatasetMessages messages;

  ArrowFileSource(SqlTable.ArrowFile file) {
    this.file = file;
  }

  @Override
  @Nullable TableBatch next() {
    DatasetMessages.Message message = messages().next();
    return message == null ? null : () -> loan(message);
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
  private static Loan loan(DatasetMessages.Message message) {
    Runnable release = message.release();
    var batch = new Batch(message.metadata(), null, message.body().getFirst(), release);
    return new Loan(batch.withRows(message.rows()), release);
  }

  @Override
  long rows() {
    return file.rows();
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
