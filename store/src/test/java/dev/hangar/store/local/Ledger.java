package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.Batch;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts the batches made against those released; each must be released once. */
final class Ledger {
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger released = new AtomicInteger();

  Batch batch(ArrowStream.Message message) {
    return batch(message.metadata(), null, message.body());
  }

  /** A body that is overwritten on release, so that a late reader would notice. */
  Batch batch(@Nullable ByteBuffer metadata, @Nullable ByteBuffer appMetadata, ByteBuffer body) {
    made.incrementAndGet();
    var own = ByteBuffer.allocateDirect(body.remaining()).put(body.duplicate()).flip();
    var isReleased = new AtomicInteger();
    return new Batch(
        metadata,
        appMetadata,
        own,
        () -> {
          assertThat(isReleased.incrementAndGet()).as("releases of one batch").isOne();
          released.incrementAndGet();
          for (int i = 0; i < own.limit(); i++) {
            own.put(i, (byte) 0xDD);
          }
        });
  }

  /** Batches somebody still holds. */
  int held() {
    return made.get() - released.get();
  }
}
