package dev.hangar.store;

import java.util.List;

/**
 * A part made ready to be read: a lease on its memory and on its version, to be closed by itself.
 *
 * <p>Thread-safe.
 */
public interface OpenPart extends AutoCloseable {
  /**
   * Its messages, in the order they were appended. They and their buffers must not be used after
   * this is closed. Of a part on disk each is checked when it is asked for.
   *
   * @throws DamagedPartException from the list, if the message is not what was stored
   * @throws IllegalStateException if this is closed
   */
  List<Batch> batches();

  /**
   * The same once more, to be closed by itself.
   *
   * @throws IllegalStateException if this is closed
   */
  OpenPart retain();

  /** Ends the lease. Closing twice does nothing. */
  @Override
  void close();
}
