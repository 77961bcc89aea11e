package dev.hangar.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one version of a table without reading it.
 *
 * @param name the table
 * @param version counts up with each commit; never given twice under one name
 * @param origin opaque bytes the writer came with; a copy of its own
 * @param schema the bare IPC {@code Schema} message; a view of its own, read-only
 * @param rows rows of all record batches
 * @param bytes bytes of all bodies, those of dictionary batches counted
 * @param batches messages, dictionary batches and those without data counted
 * @param parts what it is made of
 * @param durability what it outlives
 * @param created when it was committed
 * @param expires when it is dropped, unless it is written again; null: never
 */
@SuppressWarnings("ArrayRecordComponent") // summaries are read, never compared
public record TableSummary(
    TableName name,
    long version,
    byte[] origin,
    ByteBuffer schema,
    long rows,
    long bytes,
    long batches,
    int parts,
    Durability durability,
    Instant created,
    @Nullable Instant expires) {
  public TableSummary {
    origin = origin.clone();
    schema = schema.asReadOnlyBuffer();
  }

  /** The same under another name and number. */
  public TableSummary renamed(TableName other, long number) {
    return new TableSummary(
        other, number, origin, schema, rows, bytes, batches, parts, durability, created, expires);
  }

  @Override
  public byte[] origin() {
    return origin.clone();
  }

  @Override
  public ByteBuffer schema() {
    return schema.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
