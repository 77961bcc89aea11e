package dev.hangar.wire.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.util.internal.PlatformDependent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BodyPoolTest {
  private final MemoryBudget budget = new MemoryBudget(64 << 20);
  private final BodyPool pool = new BodyPool(budget);

  @AfterEach
  void nothingWaitsAnyMore() {
    pool.close();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void capacitiesAreAtLeastWhatWasAskedAndAtMostAnEighthMore() {
    for (long asked = BodyPool.SMALL_BYTES + 1;
        asked <= Integer.MAX_VALUE;
        asked += 1 + asked / 37) {
      long capacity = BodyPool.capacityBytes(BodyPool.sizeClass((int) asked));
      assertThat(capacity).isBetween(asked, asked + asked / 8 + 1);
    }
    assertThat(BodyPool.capacityBytes(BodyPool.sizeClass(Integer.MAX_VALUE)))
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void everyBodyIsAlignedAndSeparate() {
    List<Body> bodies = new ArrayList<>();
    for (int bytes :
        new int[] {0, 1, 63, 64, 65, 4_000, 32 << 10, (32 << 10) + 1, 100_000, 1 << 20}) {
      Body body = pool.allocate(bytes);
      body.write(0, Unpooled.wrappedBuffer(new byte[bytes]));
      assertThat(Unpooled.wrappedBuffer(body.bytes(bytes)).hasMemoryAddress()).isTrue();
      assertThat(Unpooled.wrappedBuffer(body.bytes(Math.max(1, bytes))).memoryAddress() % 64)
          .isZero();
      bodies.add(body);
    }
    bodies.forEach(Body::close);
    assertThat(pool.liveBytes()).isZero();
  }

  @Test
  void poolsThatAreClosedTakeNoMemory() {
    long before = PlatformDependent.usedDirectMemory();
    for (int i = 0; i < 100; i++) {
      var other = new BodyPool(budget);
      other.allocate(1).close();
      other.close();
    }
    assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(50 << 20);
  }

  @Test
  void whatTheJvmHasNotIsRefusedAndNotCounted() {
    var unlimited = MemoryBudget.unlimited();
    var vast = new BodyPool(unlimited);
    var bodies = new ArrayList<Body>();
    for (Body body; (body = vast.allocate(Integer.MAX_VALUE)) != null; ) {
      bodies.add(body); // untouched, it takes no memory of the machine's
    }
    bodies.forEach(Body::close);
    assertThat(vast.liveBytes()).isZero();
    vast.close();
    assertThat(unlimited.usedBytes()).isZero();
  }

  @Test
  void aFreedBodyIsTheNextOfItsSize() {
    Body first = pool.allocate(100_000);
    first.write(0, Unpooled.wrappedBuffer(new byte[] {42}));
    first.close();
    Body second = pool.allocate(99_000);
    assertThat(second.bytes(1)).isEqualTo(ByteBuffer.wrap(new byte[] {42}));
    second.close();
  }

  @Test
  void waitingBodiesMakeRoomBeforeAnythingIsRefused() {
    Body large = pool.allocate(40 << 20);
    large.close();
    assertThat(budget.usedBytes()).isGreaterThanOrEqualTo(40 << 20);
    Body other = pool.allocate(50 << 20);
    assertThat(other).isNotNull();
    assertThat(pool.allocate(20 << 20)).as("past the budget").isNull();
    other.close();
    pool.close();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void whatIsReclaimedIsGivenToWhoAsked() {
    var kept = new ArrayList<Body>(List.of(pool.allocate(40 << 20)));
    budget.reclaimer(missing -> {
      kept.forEach(Body::close);
      kept.clear();
      pool.trim();
    });
    Body body = pool.allocate(50 << 20);
    assertThat(body).isNotNull();
    body.close();
  }

  @Test
  void whatIsReclaimedBitByBitIsEnoughInTheEnd() {
    var kept = new ArrayList<Body>();
    for (int i = 0; i < 6; i++) {
      kept.add(pool.allocate(10 << 20));
    }
    budget.reclaimer(missing -> {
      if (!kept.isEmpty()) {
        kept.removeLast().close(); // it waits for reuse now, and counts until it is given up
      }
    });
    Body body = pool.allocate(50 << 20);
    assertThat(body).isNotNull();
    assertThat(kept).as("no more than was needed").hasSize(1);
    kept.removeLast().close();
    body.close();
  }

  @Test
  void whatIsReclaimedIsUsedAtOnceWhereItHasTheSize() {
    Body cached = pool.allocate(40 << 20);
    cached.write(0, Unpooled.wrappedBuffer(new byte[] {42}));
    budget.reclaimer(missing -> {
      if (pool.liveBytes() > 0) {
        cached.close();
      }
    });
    Body body = pool.allocate(40 << 20);
    assertThat(body.bytes(1)).as("the same memory").isEqualTo(ByteBuffer.wrap(new byte[] {42}));
    body.close();
  }

  @Test
  void aBodyIsFreedWithItsLastReferenceAndOnce() {
    Body body = pool.allocate(1_000);
    body.retain().close();
    assertThat(pool.liveBytes()).isPositive();
    body.close();
    assertThat(pool.liveBytes()).isZero();
    assertThatThrownBy(body::close).hasMessageContaining("twice");
    assertThatThrownBy(body::retain).hasMessageContaining("freed");
  }

  @Test
  void bodiesOfASizeNoLongerUsedMakeRoomForThoseThatAre() {
    long limit = 64 << 20;
    var wide = new BodyPool(MemoryBudget.unlimited(), limit);
    var before = new ArrayList<Body>();
    for (int i = 0; i < limit >> 24; i++) {
      before.add(wide.allocate(1 << 24));
    }
    before.forEach(Body::close);
    assertThat(wide.budget().usedBytes()).as("all wait").isEqualTo(limit);
    Body now = wide.allocate(1_000_000);
    now.write(0, Unpooled.wrappedBuffer(new byte[] {42}));
    now.close();
    Body next = wide.allocate(1_000_000);
    assertThat(next.bytes(1))
        .as("the same memory again")
        .isEqualTo(ByteBuffer.wrap(new byte[] {42}));
    next.close();
    assertThat(wide.budget().usedBytes()).isLessThanOrEqualTo(limit);
    wide.close();
    assertThat(wide.budget().usedBytes()).isZero();
  }
}
