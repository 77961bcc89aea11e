package dev.hangar.query.dataset;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.store.Batch;
import dev.hangar.store.Durability;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableWriter;
import dev.hangar.store.check.BatchCheck;
import dev.hangar.store.check.SchemaCheck;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * A Parquet file while it is put: batches are checked as they come, and written by a thread of
 * their own. What an application sends beside them is not kept: a file has no place for it.
 */
final class DatasetWriter implements TableWriter {
  private final TableName name;
  private final ByteBuffer schema;
  private final BatchCheck check;
  private final BatchHandoff handoff = new BatchHandoff();
  private final Future<?> written;
  private final Runnable endTurn;
  private long rows;
  private long bytes;
  private long batches;
  private boolean isOver;

  /**
   * Begins to write.
   *
   * @param file makes a file of batches, and puts it in its place when they have ended
   * @param endTurn run when it is over, one way or the other
   */
  DatasetWriter(
      TableName name,
      ByteBuffer schema,
      Consumer<BatchSource> file,
      ExecutorService threads,
      Runnable endTurn) {
    this.name = name;
    this.schema = schema;
    this.check = new BatchCheck(SchemaCheck.layout(schema));
    this.endTurn = endTurn;
    this.written =
        threads.submit(() -> {
          try {
            file.accept(handoff);
          } finally {
            handoff.leave();
          }
        });
  }

  @Override
  public long append(Batch batch) {
    ByteBuffer metadata = batch.metadata();
    if (metadata == null) {
      batch.release();
      return 0;
    }
    long added;
    try {
      requireOpen();
      added = check.check(metadata, batch.body());
    } catch (RuntimeException e) {
      batch.release();
      throw e;
    }
    long size = batch.bodyBytes();
    if (!handoff.give(new BatchSource.Loan(batch, batch::release))) {
      batch.release();
      Threads.await(written); // which failed, or nobody would have left
      throw new IllegalStateException("the writer of " + name + " has ended before its batches");
    }
    rows += added;
    bytes += size;
    batches++;
    return added;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public TableSummary commit() {
    requireOpen();
    handoff.end();
    Threads.await(written);
    isOver = true;
    endTurn.run();
    return new TableSummary(
        name,
        0,
        new byte[0],
        schema,
        rows,
        bytes,
        batches,
        1,
        Durability.DISK,
        Instant.now(),
        null);
  }

  @Override
  public void close() {
    if (isOver) {
      return;
    }
    isOver = true;
    handoff.abort();
    try {
      Threads.await(written);
    } catch (RuntimeException saidAlreadyOrAborted) {
      // nothing is left of it
    } finally {
      endTurn.run();
    }
  }

  private void requireOpen() {
    if (isOver) {
      throw new IllegalStateException("the writer of " + name + " is closed");
    }
  }
}
