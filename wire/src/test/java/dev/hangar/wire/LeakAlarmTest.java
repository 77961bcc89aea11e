package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeakAlarmTest {
  @Test
  void aBufferThatIsDroppedIsFound() {
    drop();
    java.util.List<String> leaks;
    do {
      System.gc();
      PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
      leaks = LeakAlarm.take();
    } while (leaks.isEmpty());
    assertThat(leaks.toString()).contains("LeakAlarmTest.drop");
  }

  private static void drop() {
    PooledByteBufAllocator.DEFAULT.directBuffer(64).writeInt(1);
  }
}
