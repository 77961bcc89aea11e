package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How parts become endpoints. */
class PartRangeTest {
  private static final long FULL = Limits.ENDPOINT_BYTES;

  /** A part of which only the size matters. */
  private record Sized(long rows, long bytes) implements TablePart {
    @Override
    public OpenPart open() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void smallTablesAreOneEndpoint() {
    assertThat(ranges()).containsExactly(new PartRange(0, 0));
    assertThat(ranges(5)).containsExactly(new PartRange(0, 1));
    assertThat(ranges(0, 0)).containsExactly(new PartRange(0, 2));
    assertThat(ranges(FULL - 1, 1)).containsExactly(new PartRange(0, 2));
    assertThat(ranges(FULL, FULL - 1))
        .as("too little for two")
        .containsExactly(new PartRange(0, 2));
  }

  @Test
  void partsAreGroupedUntilThereIsEnough() {
    assertThat(ranges(FULL, FULL)).containsExactly(new PartRange(0, 1), new PartRange(1, 2));
    assertThat(ranges(FULL - 1, 1, FULL, 1, 2))
        .as("what is left goes with the last")
        .containsExactly(new PartRange(0, 2), new PartRange(2, 5));
  }

  @Test
  void thereAreNoMoreEndpointsThanAllowed() {
    assertThat(PartRange.of(equal(Limits.ENDPOINTS, FULL))).hasSize(Limits.ENDPOINTS);
    var more = PartRange.of(equal(Limits.ENDPOINTS + 1, FULL));
    assertThat(more).hasSizeLessThanOrEqualTo(Limits.ENDPOINTS);
    assertWhole(more, Limits.ENDPOINTS + 1);
    assertThat(PartRange.of(equal(4 * Limits.ENDPOINTS, FULL))).hasSize(Limits.ENDPOINTS);
  }

  @Test
  void everyPartIsInOneEndpointWhateverTheirSizes() {
    long seed = 7;
    var random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      var parts = new ArrayList<TablePart>();
      int count = random.nextInt(300);
      for (int i = 0; i < count; i++) {
        parts.add(new Sized(1, random.nextLong(random.nextBoolean() ? 1 << 20 : 4 * FULL)));
      }
      var ranges = PartRange.of(parts);
      assertThat(ranges).hasSizeBetween(1, Limits.ENDPOINTS);
      assertWhole(ranges, count);
      if (ranges.size() > 1) {
        assertThat(ranges)
            .allMatch(range ->
                range.in(parts).stream().mapToLong(TablePart::bytes).sum()
                    >= Limits.ENDPOINT_BYTES);
      }
    }
  }

  private static void assertWhole(List<PartRange> ranges, int parts) {
    int next = 0;
    for (PartRange range : ranges) {
      assertThat(range.from()).isEqualTo(next);
      next = range.to();
    }
    assertThat(next).isEqualTo(parts);
  }

  private static List<TablePart> equal(int count, long bytes) {
    return Collections.nCopies(count, new Sized(1, bytes));
  }

  private static List<PartRange> ranges(long... bytes) {
    var parts = new ArrayList<TablePart>();
    for (long size : bytes) {
      parts.add(new Sized(1, size));
    }
    return PartRange.of(parts);
  }
}
