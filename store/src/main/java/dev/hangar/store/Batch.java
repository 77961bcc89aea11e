package dev.hangar.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.jspecify.annotations.Nullable;

/**
 * One message of a table's stream: a record batch, a dictionary batch, or application metadata
 * alone.
 *
 * <p>Its buffers belong to whoever made it until a {@link TableWriter} takes it, and are given back
 * by {@code release}, run once, when nobody can read them any more. Immutable.
 */
public final class Batch {
  private final @Nullable ByteBuffer metadata;
  private final @Nullable ByteBuffer appMetadata;
  private final ByteBuffer body;
  private final Runnable release;
  private final long rows;

  /**
   * A batch no store has seen yet.
   *
   * @param metadata a bare IPC {@code Message} flatbuffer, neither length nor padding around it;
   *     null if the message is application metadata alone
   * @param appMetadata what the application sent along; null is not the same as empty
   * @param body the buffers the metadata speaks of, back to back; empty where there are none
   * @param release gives all three buffers back
   */
  public Batch(
      @Nullable ByteBuffer metadata,
      @Nullable ByteBuffer appMetadata,
      ByteBuffer body,
      Runnable release) {
    this(readOnly(metadata), readOnly(appMetadata), body.asReadOnlyBuffer(), release, 0);
  }

  private Batch(
      @Nullable ByteBuffer metadata,
      @Nullable ByteBuffer appMetadata,
      ByteBuffer body,
      Runnable release,
      long rows) {
    this.metadata = metadata;
    this.appMetadata = appMetadata;
    this.body = body;
    this.release = release;
    this.rows = rows;
  }

  /** The IPC {@code Message}; a view of its own, read-only, little endian. */
  public @Nullable ByteBuffer metadata() {
    return view(metadata);
  }

  /** What the application sent along; a view of its own, read-only. */
  public @Nullable ByteBuffer appMetadata() {
    return view(appMetadata);
  }

  /** The buffers; a view of its own, read-only, little endian. */
  public ByteBuffer body() {
    return body.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of the body. */
  public long bodyBytes() {
    return body.remaining();
  }

  /** Rows it adds to its table: those of a record batch a writer has accepted, else 0. */
  public long rows() {
    return rows;
  }

  /** Whether it is values of a dictionary; for one that a writer has accepted. */
  public boolean isDictionary() {
    var message = metadata();
    return message != null
        && Message.getRootAsMessage(message).headerType() == MessageHeader.DictionaryBatch;
  }

  public Batch withRows(long count) {
    return new Batch(metadata, appMetadata, body, release, count);
  }

  public void release() {
    release.run();
  }

  /** Releases all of {@code batches}, whatever one of them throws, and then throws that. */
  public static void releaseAll(Iterable<Batch> batches) {
    RuntimeException failure = null;
    for (var batch : batches) {
      try {
        batch.release();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable ByteBuffer readOnly(@Nullable ByteBuffer buffer) {
    return buffer == null ? null : buffer.asReadOnlyBuffer();
  }

  private static @Nullable ByteBuffer view(@Nullable ByteBuffer buffer) {
    return buffer == null ? null : buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
