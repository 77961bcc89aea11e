package dev.hangar.query.sql;

import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import java.nio.ByteBuffer;

/**
 * What becomes of a statement's rows. Immutable.
 *
 * @param table where they go: a table, or a file where the name means one
 * @param schema the table's, as a bare IPC message
 * @param options how the table is written
 * @param isKeptWhereThere whether nothing is done where there is such a table
 */
public record SqlWrite(
    TableName table, ByteBuffer schema, WriteOptions options, boolean isKeptWhereThere) {
  /** The same under a key: repeated, it is done once. */
  public SqlWrite withKey(String idempotencyKey) {
    return new SqlWrite(
        table, schema, options.withIdempotencyKey(idempotencyKey), isKeptWhereThere);
  }
}
