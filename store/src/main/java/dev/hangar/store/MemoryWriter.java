package dev.hangar.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The next version of a table in memory. */
final class MemoryWriter implements TableWriter {
  private enum State {
    OPEN,
    REFUSED,
    COMMITTED,
    CLOSED
  }

  private final MemoryStore store;
  private final TableName name;
  private final byte[] origin;
  private final ByteBuffer schema;
  private final BatchCheck check;
  private final List<Batch> batches = new ArrayList<>();
  private State state = State.OPEN;
  private long rows;
  private long bytes;

  MemoryWriter(MemoryStore store, TableName name, byte[] origin, ByteBuffer schema) {
    this.store = store;
    this.name = name;
    this.origin = origin.clone();
    this.schema = ByteBuffer.allocate(schema.remaining()).put(schema.duplicate()).flip();
    this.check = new BatchCheck(SchemaCheck.layout(this.schema));
  }

  @Override
  public long append(Batch batch) {
    boolean isTaken = false;
    try {
      requireOpen();
      isTaken = take(batch);
    } finally {
      if (!isTaken) {
        batch.release();
      }
    }
    return isTaken ? batches.getLast().rows() : 0;
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
    var summary = store.publish(name, this::version);
    state = State.COMMITTED;
    return summary;
  }

  @Override
  public void close() {
    if (state == State.OPEN || state == State.REFUSED) {
      state = State.CLOSED;
      Batch.releaseAll(batches);
    }
  }

  private MemoryVersion version(long number, Instant created) {
    var summary =
        new TableSummary(name, number, origin, schema, rows, bytes, batches.size(), created);
    return new MemoryVersion(summary, batches);
  }

  /** False for a message that says nothing: there is nothing to give back later. */
  private boolean take(Batch batch) {
    state = State.REFUSED; // unless it gets to the end
    if (batches.size() == Limits.VERSION_BATCHES) {
      throw new InvalidDataException(
          "more than %d batches; write larger ones".formatted(Limits.VERSION_BATCHES));
    }
    var metadata = batch.metadata();
    boolean isTaken = metadata == null ? takeBare(batch) : takeData(batch, metadata);
    state = State.OPEN;
    return isTaken;
  }

  private boolean takeData(Batch batch, ByteBuffer metadata) {
    long added = check.check(metadata, batch.bodyBytes());
    batches.add(batch.withRows(added));
    rows += added;
    bytes += batch.bodyBytes();
    return true;
  }

  private boolean takeBare(Batch batch) {
    if (batch.bodyBytes() > 0) {
      throw new InvalidDataException(
          "a body of %d bytes came without metadata".formatted(batch.bodyBytes()));
    }
    return batch.appMetadata() != null && batches.add(batch);
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
