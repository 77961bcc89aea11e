package dev.hangar.store.part;

import dev.hangar.store.Batch;
import java.util.List;

/**
 * A part at rest, whose memory is made ready for as long as somebody reads. Thread-safe.
 *
 * <p>Owned by the versions it is in: the last of them calls {@link #close}, after which nobody may
 * open it.
 */
public interface Part extends AutoCloseable {
  /** Rows of its record batches. */
  long rows();

  /** Bytes of its bodies. */
  long bytes();

  /** Messages. */
  int batches();

  /**
   * Its messages, valid until {@link #letGo} has been called as often as this.
   *
   * @throws dev.hangar.store.DamagedPartException if the part is not what was stored; here, or from
   *     the list, which checks each message when it is asked for
   */
  List<Batch> hold();

  /** Takes one {@link #hold} back. */
  void letGo();

  /** Gives up its memory or its mapping; a file stays. */
  @Override
  void close();
}
