package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.Batch;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.TableName;
import dev.hangar.store.Types;
import dev.hangar.store.local.LocalStore;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of the store that no other test holds to: at the limit, and one past it. */
@Timeout(60)
class StoreLimitsTest {
  private static final ByteBuffer SCHEMA = ArrowStream.schema(Types.int32("n"));
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  @Test
  void aPartHasBatchesUpToTheLimit() {
    var released = new AtomicInteger();
    var store = LocalStore.inMemory(Clock.systemUTC());
    try (var writer = store.write(TableName.parse("t"), new byte[0], SCHEMA.duplicate())) {
      for (int i = 0; i < Limits.PART_BATCHES; i++) {
        writer.append(bare(released));
      }
      assertThatThrownBy(() -> writer.append(bare(released)))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining("more than " + Limits.PART_BATCHES);
    }
    assertThat(released).hasValue(Limits.PART_BATCHES + 1);
    store.close();
  }

  private static Batch bare(AtomicInteger released) {
    return new Batch(null, NOTHING, NOTHING, released::incrementAndGet);
  }

  @Test
  void metadataIsReadUpToTheLimit() {
    var whole = padded(SCHEMA, Limits.METADATA_BYTES);
    assertThat(SchemaCheck.layout(whole).columns().nodes()).isOne();
    assertThatThrownBy(() -> SchemaCheck.layout(padded(SCHEMA, Limits.METADATA_BYTES + 1)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("are more than " + Limits.METADATA_BYTES);

    var layout = SchemaCheck.layout(SCHEMA.duplicate());
    var batch = new Header(5).node(5, 0).buffer(0, 0).buffer(0, 20).body(24).recordBatch();
    new BatchCheck(layout).check(padded(batch, Limits.METADATA_BYTES), ByteBuffer.allocate(24));
    assertThatThrownBy(() ->
            new BatchCheck(layout)
                .check(padded(batch, Limits.METADATA_BYTES + 1), ByteBuffer.allocate(24)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("over " + Limits.METADATA_BYTES);
  }

  /** The same message with zeros behind it, which say nothing. */
  private static ByteBuffer padded(ByteBuffer message, int bytes) {
    byte[] own = new byte[message.remaining()];
    message.duplicate().get(own);
    return ByteBuffer.wrap(Arrays.copyOf(own, bytes));
  }
}
