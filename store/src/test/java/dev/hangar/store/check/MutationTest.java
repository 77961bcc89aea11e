package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Types;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** Damaged metadata is refused in an orderly way or, where the damage says nothing, accepted. */
class MutationTest {
  private static final int ROUNDS = 20_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ArrowStream STREAM =
      ArrowStream.ofRows(new Schema(Types.all()), 100, IpcOption.DEFAULT);

  @Test
  void damagedSchemasAreOnlyEverRefused() {
    int refused = mutate(STREAM.schema(), 7, SchemaCheck::layout);

    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void damagedBatchesAreOnlyEverRefused() {
    var layout = SchemaCheck.layout(STREAM.schema());
    var batch = STREAM.batches().get(0);

    int refused = mutate(batch.metadata(), 11, damaged -> check(layout, damaged, batch.body()));

    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void damagedDictionariesAreOnlyEverRefused() {
    var layout = SchemaCheck.layout(ArrowStream.schema(Types.encoded("e", 3)));
    var header = new Header(2).node(2, 0).buffer(0, 0).buffer(0, 16).buffer(16, 9).body(32);
    var body = ByteBuffer.allocate(32);

    int refused =
        mutate(header.dictionaryBatch(3, false), 13, damaged -> check(layout, damaged, body));

    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void damagedBodiesAreOnlyEverRefused() {
    var layout = SchemaCheck.layout(STREAM.schema());
    var batch = STREAM.batches().get(0);

    int refused = mutate(batch.body(), 17, damaged -> check(layout, batch.metadata(), damaged));

    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  private static void check(SchemaLayout layout, ByteBuffer metadata, ByteBuffer body) {
    new BatchCheck(layout).check(metadata, body);
  }

  /** The times {@code check} refused; anything but {@link InvalidDataException} gets out. */
  private static int mutate(ByteBuffer whole, long seed, Consumer<ByteBuffer> check) {
    var random = new Random(seed);
    long end = System.nanoTime() + LIMIT.toNanos();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      var damaged = damaged(whole, random);
      try {
        check.accept(damaged);
      } catch (InvalidDataException e) {
        assertThat(e.getMessage()).hasSizeLessThan(1000);
        refused++;
      }
      assertThat(System.nanoTime()).as("time after round %d", round).isLessThan(end);
    }
    return refused;
  }

  private static ByteBuffer damaged(ByteBuffer whole, Random random) {
    byte[] bytes = new byte[whole.remaining()];
    whole.duplicate().get(bytes);
    if (random.nextInt(4) == 0) {
      return ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length));
    }
    for (int flips = random.nextInt(4); flips >= 0; flips--) {
      bytes[random.nextInt(bytes.length)] = interesting(random);
    }
    return ByteBuffer.wrap(bytes);
  }

  private static byte interesting(Random random) {
    byte[] edges = {0, 1, 4, 8, 127, -128, -1};
    return random.nextBoolean() ? edges[random.nextInt(edges.length)] : (byte) random.nextInt();
  }
}
