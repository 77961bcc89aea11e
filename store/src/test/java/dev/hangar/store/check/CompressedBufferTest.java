package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.Types;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What compressed buffers claim to hold: bounded before anybody allocates it. */
@Timeout(60)
class CompressedBufferTest {
  private static final int LZ4 = 0;
  private static final int ZSTD = 1;

  @Test
  void aFixedWidthBufferClaimsWhatItsRowsNeedAndPadding() {
    assertThat(ints(ZSTD, 16, zstdOf(30))).isEqualTo(4);
    assertThat(ints(LZ4, 16, lz4(30))).isEqualTo(4);
    assertThat(ints(LZ4, 16 + 64, lz4(30))).isEqualTo(4);
    assertRefused(() -> ints(LZ4, 16 + 65, lz4(30)), "values of 81 bytes", "over 80");
    assertRefused(() -> ints(LZ4, 15, lz4(30)), "values of 15 bytes", "needs 16");
    assertRefused(() -> ints(ZSTD, 1L << 40, zstdOf(30)), "over 80");
    assertRefused(() -> ints(ZSTD, -2, zstdOf(30)), "values of -2 bytes", "negative");
  }

  @Test
  void bytesClaimUpToTheLimit() {
    int enough = Limits.BUFFER_BYTES / (32 << 10) + 1;

    assertThat(text(ZSTD, Limits.BUFFER_BYTES, zstdOf(enough))).isEqualTo(1);
    assertRefused(
        () -> text(ZSTD, Limits.BUFFER_BYTES + 1L, zstdOf(enough)), "over " + Limits.BUFFER_BYTES);
  }

  @Test
  void bytesClaimNoMoreThanTheirCodecCanReach() {
    assertThat(text(LZ4, 30 * 255, lz4(30))).isEqualTo(1);
    assertRefused(() -> text(LZ4, 30 * 255 + 1, lz4(30)), "more than 255 times the 30");
    assertThat(text(ZSTD, 30 * 32768, zstdOf(30))).isEqualTo(1);
    assertRefused(() -> text(ZSTD, 30 * 32768 + 1, zstdOf(30)), "more than 32768 times the 30");
  }

  @Test
  void whatIsNotCompressedIsReadAsItIs() {
    assertThat(offsets(-1, 0, 3).check(Types.utf8("t"))).isEqualTo(1);
    assertRefused(() -> offsets(-1, 0, 4).check(Types.utf8("t")), "offset 4 at position 1");
    assertRefused(() -> ints(ZSTD, -1, new byte[15]), "values of 15 bytes", "needs 16");
    assertThat(ints(ZSTD, -1, new byte[16])).isEqualTo(4);
  }

  @Test
  void theFrameIsOfItsCodec() {
    assertRefused(() -> ints(LZ4, 16, zstdOf(30)), "no LZ4 frame");
    assertRefused(() -> ints(ZSTD, 16, lz4(30)), "no ZSTD frame");
    assertRefused(() -> ints(ZSTD, 16, new byte[5]), "no ZSTD frame");
  }

  @Test
  void theFrameSaysTheSameSize() {
    assertThat(ints(ZSTD, 16, zstd(0x20, 16))).isEqualTo(4);
    assertRefused(() -> ints(ZSTD, 16, zstd(0x20, 17)), "their frame says 17");
    assertThat(text(ZSTD, 256 + 3, zstd(0x60, 3, 0))).isEqualTo(1);
    assertRefused(() -> text(ZSTD, 256 + 4, zstd(0x60, 3, 0)), "their frame says 259");
    assertThat(text(ZSTD, 300, zstd(0x81, 0, 9, 44, 1, 0, 0))).as("window, id").isEqualTo(1);
    assertThat(text(ZSTD, 300, zstd(0xe0, 44, 1, 0, 0, 0, 0, 0, 0))).isEqualTo(1);
    assertRefused(
        () -> text(ZSTD, 300, zstd(0xe0, 255, 255, 255, 255, 255, 255, 255, 254)),
        "their frame says 18374686479671623679");
    byte[] lz4 = lz4(30);
    lz4[4] |= 8;
    lz4[6] = 16;
    assertThat(ints(LZ4, 16, lz4)).isEqualTo(4);
    lz4[6] = 17;
    assertRefused(() -> ints(LZ4, 16, lz4), "their frame says 17");
  }

  @Test
  void anEmptySlicesOffsetsMayBeThoseOfTheWhole() {
    var slice = new Body(0).codec(LZ4).none().bytes(buffer(4000, lz4(30))).none();

    assertThat(slice.check(Types.utf8("t"))).isZero();
  }

  private static long ints(int codec, long claim, byte[] frame) {
    return new Body(4).codec(codec).none().bytes(buffer(claim, frame)).check(Types.int32("n"));
  }

  private static long text(int codec, long claim, byte[] frame) {
    var body = new Body(1).codec(codec).none().longs(-1, 0).bytes(buffer(claim, frame));
    return body.check(Types.utf8("t"));
  }

  private static Body offsets(long claim, int first, int second) {
    var body = new Body(1).codec(LZ4).none().longs(claim, first | (long) second << 32);
    return body.bytes(buffer(-1, new byte[3]));
  }

  private static byte[] lz4(int bytes) {
    return frame(bytes, 0x184D2204, 0x60, 0x40);
  }

  /** A frame that says nothing of its size. */
  private static byte[] zstdOf(int bytes) {
    return frame(bytes, 0xFD2FB528, 0, 0);
  }

  private static byte[] zstd(int... header) {
    return frame(30, 0xFD2FB528, header);
  }

  private static byte[] frame(int bytes, int magic, int... header) {
    var frame = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(magic);
    for (int value : header) {
      frame.put((byte) value);
    }
    return frame.array();
  }

  private static int[] buffer(long claim, byte[] rest) {
    var all = ByteBuffer.allocate(8 + rest.length).order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(claim).put(rest).flip();
    var values = new int[all.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }

  private static void assertRefused(ThrowingCallable check, String... messages) {
    assertThatThrownBy(check)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContainingAll(messages);
  }
}
