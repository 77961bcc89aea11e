package dev.hangar.query.dataset;

import dev.hangar.query.arrow.SharedMemory;
import org.apache.arrow.memory.AllocationListener;
import org.apache.arrow.memory.AllocationOutcome;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * What those who read and write files are charged of the memory that all share. Who begins is
 * charged at once for what it takes in DuckDB, and on its way out. What is on its way out beyond
 * that of all who have begun, because rows are wide or clients slow, is charged when it is
 * allocated, and for as long as it is there, also behind the end of who made it.
 *
 * <pre>
 *   charged = working of all who have begun
 *           + max(outgoing of all who have begun, bytes allocated) - owed
 * </pre>
 *
 * <p>It listens to the one allocator of all that is on its way out. That is never refused anything:
 * Arrow's import of a batch would lose the batch then. What there is no room for is owed, and who
 * has allocated asks at once whether it may go on. Thread-safe.
 */
final class Charges implements AllocationListener {
  /** What one of those who work on files is charged, from its beginning to its end. */
  record Share(long workingBytes, long outgoingBytes) {
    long bytes() {
      return workingBytes + outgoingBytes;
    }
  }

  private final SharedMemory memory;
  private final long outgoingBytesMax;
  private long reservedBytes;
  private long allocatedBytes;
  private long owedBytes;

  /**
   * @param outgoingBytesMax what may be on its way out, whatever room there is
   */
  Charges(SharedMemory memory, long outgoingBytesMax) {
    this.memory = memory;
    this.outgoingBytesMax = outgoingBytesMax;
  }

  /** A turn's room is this share. */
  Turns.Room room(Share share) {
    return new Turns.Room() {
      @Override
      public boolean tryTake() {
        return tryBegin(share);
      }

      @Override
      public void giveBack() {
        end(share);
      }

      @Override
      public long bytes() {
        return share.bytes();
      }

      @Override
      public boolean isComingBack() {
        return isAnythingOnItsWay();
      }
    };
  }

  /** Charges a share; false, and nothing charged, if that is not there. */
  synchronized boolean tryBegin(Share share) {
    long reserved = reservedBytes + share.outgoingBytes();
    long more = Math.max(reserved, allocatedBytes) - outgoingBytes() + owedBytes;
    if (!memory.tryReserve(share.workingBytes() + more)) {
      return false;
    }
    reservedBytes = reserved;
    owedBytes = 0;
    return true;
  }

  /** Gives a share back, but for what of it is still on its way. */
  synchronized void end(Share share) {
    long before = outgoingBytes();
    reservedBytes -= share.outgoingBytes();
    memory.release(share.workingBytes());
    giveBack(before - outgoingBytes());
  }

  /**
   * Called after each allocation, and before it is used.
   *
   * @throws OutOfMemoryException there is no room for it
   */
  synchronized void requireRoom() {
    if (allocatedBytes > outgoingBytesMax) {
      throw new OutOfMemoryException(
          "%d bytes are on their way out, of %d".formatted(allocatedBytes, outgoingBytesMax));
    }
    if (owedBytes > 0 && !memory.tryReserve(owedBytes)) {
      throw new OutOfMemoryException(
          "%d bytes are on their way out, and there is no room for %d of them"
              .formatted(allocatedBytes, owedBytes));
    }
    owedBytes = 0;
  }

  private synchronized boolean isAnythingOnItsWay() {
    return allocatedBytes > 0;
  }

  private long outgoingBytes() {
    return Math.max(reservedBytes, allocatedBytes);
  }

  @Override
  public synchronized void onPreAllocation(long size) {
    long more = Math.max(reservedBytes, allocatedBytes + size) - outgoingBytes();
    allocatedBytes += size;
    owedBytes += more > 0 && !memory.tryReserve(more) ? more : 0;
  }

  /** It was not to be had from the system. */
  @Override
  public boolean onFailedAllocation(long size, AllocationOutcome outcome) {
    onRelease(size);
    return false;
  }

  @Override
  public synchronized void onRelease(long size) {
    long before = outgoingBytes();
    allocatedBytes -= size;
    giveBack(before - outgoingBytes());
  }

  private void giveBack(long bytes) {
    long owed = Math.min(owedBytes, bytes);
    owedBytes -= owed;
    if (bytes > owed) {
      memory.release(bytes - owed);
    }
  }
}
