package dev.hangar.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/**
 * A lease on one version of a table: what it shows stays as it is and valid until it is closed.
 *
 * <p>Thread-safe. Overwriting or dropping the table does not disturb it.
 */
public interface TableVersion extends AutoCloseable {
  /** What is known of the version without reading it; may be used after the lease. */
  TableSummary summary();

  /**
   * What it is made of, in order: the messages after the schema. Parts opened under the lease stay
   * valid after it.
   *
   * @throws IllegalStateException if the lease is closed
   */
  List<TablePart> parts();

  /**
   * Keeps the version openable by its number until {@code end}, even after it is replaced: tickets
   * name it. An earlier end than one already asked for changes nothing, and dropping the table ends
   * it at once.
   *
   * @throws IllegalStateException if the lease is closed
   */
  void keepUntil(Instant end);

  /**
   * Takes one {@link #keepUntil} back, whose ticket has been used up. With the last of them the
   * version is no longer kept: once replaced, it goes with its last lease.
   *
   * @throws IllegalStateException if the lease is closed
   */
  void redeemed();

  /**
   * Says that somebody who keeps the version has got all of it. Once everybody has, it stays
   * openable while it is the current version or the last before that, and for no longer: its memory
   * serves the versions to come.
   *
   * @throws IllegalStateException if the lease is closed
   */
  void fetched();

  /** Ends the lease. Closing twice does nothing. */
  @Override
  void close();

  /** The table. */
  default TableName name() {
    return summary().name();
  }

  /** The version's number. */
  default long number() {
    return summary().version();
  }

  /** The opaque bytes its writer came with. */
  default byte[] origin() {
    return summary().origin();
  }

  /** The bare IPC {@code Schema} message; a view of its own, read-only. */
  default ByteBuffer schema() {
    return summary().schema();
  }

  /** Rows of all record batches. */
  default long rows() {
    return summary().rows();
  }

  /** Bytes of all bodies. */
  default long bytes() {
    return summary().bytes();
  }

  /** When it was committed. */
  default Instant created() {
    return summary().created();
  }
}
