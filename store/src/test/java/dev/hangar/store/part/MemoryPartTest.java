package dev.hangar.store.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.Batch;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryPartTest {
  private int released;
  private final MemoryPart part = new MemoryPart(List.of(batch(3), batch(4)));

  private Batch batch(long rows) {
    return new Batch(null, null, ByteBuffer.allocate(8), () -> released++).withRows(rows);
  }

  @Test
  void itAddsUpWhatItHas() {
    assertThat(part.rows()).isEqualTo(7);
    assertThat(part.bytes()).isEqualTo(16);
    assertThat(part.batches()).isEqualTo(2);
    assertThat(part.hold()).hasSize(2);
  }

  @Test
  void closingReleasesOnce() {
    part.hold();
    part.letGo();
    assertThat(released).isZero();

    part.close();
    part.close();

    assertThat(released).isEqualTo(2);
    assertThatThrownBy(part::hold).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(part::letGo).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theLastReaderOfAClosedPartReleases() {
    part.hold();
    part.hold();
    part.close();
    part.letGo();
    assertThat(released).isZero();

    part.letGo();
    part.close();

    assertThat(released).isEqualTo(2);
  }
}
