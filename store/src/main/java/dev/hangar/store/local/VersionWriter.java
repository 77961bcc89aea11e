package dev.hangar.store.local;

import dev.hangar.store.Batch;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableWriter;
import dev.hangar.store.check.BatchCheck;
import java.util.function.Function;

/** Holds batches against their schema, and hands them on. */
final class VersionWriter implements TableWriter {
  private enum State {
    OPEN,
    REFUSED,
    COMMITTED,
    CLOSED
  }

  private final TableName name;
  private final BatchCheck check;
  private final PartSink sink;
  private final Function<SharedPart, TableSummary> commit;
  private State state = State.OPEN;
  private int batches;
  private long rows;
  private long bytes;

  /**
   * A writer for a table.
   *
   * @param commit makes the part visible, and takes a share of it if it wants one
   */
  VersionWriter(
      TableName name, BatchCheck check, PartSink sink, Function<SharedPart, TableSummary> commit) {
    this.name = name;
    this.check = check;
    this.sink = sink;
    this.commit = commit;
  }

  @Override
  public long append(Batch batch) {
    boolean isTaken = false;
    long added = 0;
    try {
      requireOpen();
      state = State.REFUSED; // unless it gets to the end
      requireRoom();
      var metadata = batch.metadata();
      added = metadata == null ? 0 : check.check(metadata, batch.body());
      if (metadata != null || isWorthKeeping(batch)) {
        isTaken = true;
        take(batch.withRows(added));
      }
      state = State.OPEN;
    } finally {
      if (!isTaken) {
        batch.release();
      }
    }
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
    var part = sink.finish();
    try {
      var summary = commit.apply(part);
      state = State.COMMITTED;
      return summary;
    } finally {
      state = state == State.COMMITTED ? State.COMMITTED : State.REFUSED;
      part.letGo();
    }
  }

  @Override
  public void close() {
    if (state == State.OPEN || state == State.REFUSED) {
      state = State.CLOSED;
      sink.close();
    }
  }

  private void take(Batch batch) {
    long size = batch.bodyBytes();
    sink.append(batch);
    batches++;
    rows += batch.rows();
    bytes += size;
  }

  private void requireRoom() {
    if (batches == Limits.PART_BATCHES) {
      throw new InvalidDataException(
          "more than %d batches; write larger ones".formatted(Limits.PART_BATCHES));
    }
  }

  /** False for a message that says nothing: there is nothing to give back later. */
  private static boolean isWorthKeeping(Batch batch) {
    if (batch.bodyBytes() > 0) {
      throw new InvalidDataException(
          "a body of %d bytes came without metadata".formatted(batch.bodyBytes()));
    }
    return batch.appMetadata() != null;
  }

  private void requireOpen() {
    switch (state) {
      case OPEN -> {}
      case REFUSED -> throw new IllegalStateException("a batch for " + name + " was refused");
      case COMMITTED -> throw new IllegalStateException(name + " is committed already");
      case CLOSED -> throw new IllegalStateException("the writer of " + name + " is closed");
    }
  }
}
