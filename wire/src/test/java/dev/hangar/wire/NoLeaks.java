package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails each test class behind which a buffer is left that was not released. Registers itself. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
  private static final int LOOKS = 3;

  @Override
  public void beforeAll(ExtensionContext context) {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    for (int i = 0; i < LOOKS; i++) {
      System.gc();
      Thread.sleep(20); // the collector queues what it found on a thread of its own
      PooledByteBufAllocator.DEFAULT.directBuffer(16).release(); // each new buffer has Netty look
    }
    assertThat(LeakAlarm.take()).as("buffers that nobody released").isEmpty();
  }
}
