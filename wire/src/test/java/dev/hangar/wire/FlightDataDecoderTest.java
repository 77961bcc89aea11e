package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlightDataDecoderTest {
  private static final long LIMIT_BYTES = 256 << 20;

  private final BodyPool pool = new BodyPool(new MemoryBudget(LIMIT_BYTES));
  private final FlightDataDecoder decoder = new FlightDataDecoder(pool);

  @AfterEach
  void nothingIsLeft() {
    assertThat(pool.liveBytes()).isZero();
    pool.close();
    assertThat(pool.budget().usedBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 1 << 20})
  void readsWhatProtobufWritesInPiecesOfAnySize(int pieceBytes) {
    byte[] body = random(300_000, 5);
    var message =
        dev.hangar.wire.proto.FlightData.newBuilder()
            .setFlightDescriptor(Protos.descriptor(FlightDescriptor.path("a", "b")))
            .setDataHeader(ByteString.copyFrom(random(70_000, 1)))
            .setAppMetadata(ByteString.copyFromUtf8("meta"))
            .setDataBody(ByteString.copyFrom(body))
            .build();
    try (FlightData data = decode(message.toByteArray(), pieceBytes)) {
      assertThat(data.descriptor()).isEqualTo(FlightDescriptor.path("a", "b"));
      assertThat(data.header()).isEqualTo(ByteBuffer.wrap(random(70_000, 1)));
      assertThat(data.appMetadata()).isEqualTo(ByteBuffer.wrap("meta".getBytes()));
      assertThat(data.body()).containsExactly(ByteBuffer.wrap(body));
    }
  }

  @Test
  void whatIsReadIntoTheBodyItselfIsNotCopied() {
    byte[] body = random(FlightDataDecoder.LANDING_BODY_BYTES_MIN, 5);
    byte[] message =
        dev.hangar.wire.proto.FlightData.newBuilder()
            .setDataBody(ByteString.copyFrom(body))
            .build()
            .toByteArray();
    int head = message.length - body.length;
    decode(message, message.length).close(); // who has sent one whole is given room for the next
    long copiedBefore = pool.copiedBytes();
    decoder.begin(message.length);
    assertThat(decoder.landing(Integer.MAX_VALUE)).as("before the body").isNull();
    decoder.read(Unpooled.wrappedBuffer(message, 0, head + 20));
    ByteBuf landing = decoder.landing(Integer.MAX_VALUE);
    assertThat(landing.writableBytes()).isEqualTo(body.length - 20);
    int landed = body.length - 20 - (FlightDataDecoder.LANDING_BYTES_MIN - 1);
    landing.writeBytes(message, head + 20, landed);
    decoder.read(landing);
    landing.release();
    assertThat(decoder.landing(Integer.MAX_VALUE)).as("too little is left").isNull();
    int read = head + 20 + landed;
    decoder.read(Unpooled.wrappedBuffer(message, read, message.length - read));
    try (FlightData data = decoder.end()) {
      assertThat(data.body()).containsExactly(ByteBuffer.wrap(body));
      assertThat(pool.copiedBytes() - copiedBefore).isEqualTo(body.length - landed);
    }
  }

  @Test
  void memoryToReadIntoOutlivesABodyThatIsGivenUp() {
    byte[] claim = {(byte) 0xc2, 0x3e, (byte) 0x80, (byte) 0x80, 0x40};
    decoder.begin(claim.length + (1 << 20));
    decoder.read(Unpooled.wrappedBuffer(claim));
    ByteBuf landing = decoder.landing(Integer.MAX_VALUE);
    decoder.abort();
    pool.close();
    landing.writeZero(landing.writableBytes());
    assertThat(landing.release()).isTrue();
  }

  @Test
  void fieldsMayComeInAnyOrderRepeatAndBeUnknown() throws IOException {
    byte[] message =
        fields(out -> {
          out.writeBytes(1000, ByteString.copyFromUtf8("first"));
          out.writeInt64(77, 1L << 60);
          out.writeFixed64(78, 4);
          out.writeFixed32(79, 4);
          out.writeString(80, "unknown");
          out.writeBytes(1000, ByteString.copyFromUtf8("last"));
          out.writeBytes(3, ByteString.EMPTY);
          out.writeBytes(2, ByteString.copyFromUtf8("header"));
        });
    try (FlightData data = decode(message, 3)) {
      assertThat(data.header()).isEqualTo(ByteBuffer.wrap("header".getBytes()));
      assertThat(data.body()).containsExactly(ByteBuffer.wrap("last".getBytes()));
      assertThat(data.appMetadata()).as("an empty field is an absent one").isNull();
      assertThat(data.descriptor()).isNull();
    }
  }

  @Test
  void anEmptyMessageIsOne() {
    try (FlightData data = decode(new byte[0], 1)) {
      assertThat(data.header().hasRemaining()).isFalse();
      assertThat(data.body()).isEmpty();
    }
  }

  @Test
  void bodiesThatGrowPastTheFirstGuessKeepTheirBytes() {
    byte[] body = random(70 << 20, 9);
    var message =
        dev.hangar.wire.proto.FlightData.newBuilder()
            .setDataBody(ByteString.copyFrom(body))
            .build();
    try (FlightData data = decode(message.toByteArray(), 1 << 20)) {
      assertThat(data.body().get(0)).isEqualTo(ByteBuffer.wrap(body));
    }
  }

  @Test
  void aClaimedLengthPastTheMessageIsRefused() throws IOException {
    for (long claim : new long[] {7, 1L << 31, 1L << 40, -1}) {
      byte[] message =
          fields(out -> {
            out.writeUInt32NoTag(1000 << 3 | 2);
            out.writeUInt64NoTag(claim);
            out.writeRawBytes(new byte[6]);
          });
      assertRefused(
          message,
          "has field 1000 of " + Long.toUnsignedString(claim) + " bytes, and only 6 bytes left");
    }
  }

  @Test
  void aClaimTakesNoMoreMemoryThanItsFirstStep() {
    decoder.begin(Integer.MAX_VALUE);
    decoder.read(
        Unpooled.wrappedBuffer(
            new byte[] {
              (byte) 0xC2, 0x3E, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 6, 1
            }));
    assertThat(pool.budget().usedBytes()).isLessThanOrEqualTo(1 << 20);
    decoder.abort();
  }

  @Test
  void whoHasSentALargeBodyGetsTheMemoryOfTheNextAtOnce() {
    byte[] message =
        dev.hangar.wire.proto.FlightData.newBuilder()
            .setDataBody(ByteString.copyFrom(random(3 << 20, 9)))
            .build()
            .toByteArray();
    decode(message, 1 << 20).close();
    decoder.begin(message.length);
    decoder.read(Unpooled.wrappedBuffer(message, 0, 100));
    assertThat(pool.liveBytes()).isGreaterThanOrEqualTo(3 << 20);
    decoder.abort();
  }

  @Test
  void malformedMessagesAreRefused() throws IOException {
    assertRefused(new byte[] {0}, "has field number 0");
    assertRefused(new byte[] {(3 << 3) | 3}, "has field 3 of wire type 3");
    assertRefused(new byte[] {(3 << 3) | 7}, "has field 3 of wire type 7");
    assertRefused(new byte[] {(byte) 0x80}, "ends inside");
    assertRefused(new byte[] {(3 << 3) | 2}, "ends inside field 3");
    assertRefused(
        new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
        "has a varint of more than ten bytes");
    assertRefused(
        fields(out -> out.writeBytes(1, ByteString.copyFromUtf8("\u0007garbage"))),
        "has a descriptor");
  }

  @Test
  void aBudgetThatIsUsedUpRefusesAndLosesNothing() {
    var held = pool.allocate(200 << 20);
    var message =
        dev.hangar.wire.proto.FlightData.newBuilder()
            .setDataBody(ByteString.copyFrom(random(80 << 20, 1)))
            .build();
    assertThatThrownBy(() -> decode(message.toByteArray(), 1 << 20))
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED))
        .hasMessageContaining("are in use");
    held.close();
  }

  @Test
  void mutatedMessagesAreReadOrRefusedAndLeaveNothing() {
    long seed = 8815;
    var random = new Random(seed);
    byte[] good =
        dev.hangar.wire.proto.FlightData.newBuilder()
            .setFlightDescriptor(Protos.descriptor(FlightDescriptor.path("a", "b")))
            .setDataHeader(ByteString.copyFrom(random(200, 1)))
            .setAppMetadata(ByteString.copyFromUtf8("meta"))
            .setDataBody(ByteString.copyFrom(random(1_000, 2)))
            .build()
            .toByteArray();
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = java.util.Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bad[random.nextInt(Math.min(bad.length, 40))] = (byte) random.nextInt();
      }
      try {
        decode(bad, 1 + random.nextInt(500)).close();
      } catch (StatusException refused) {
        assertThat(refused.code())
            .as("seed %d, message %d", seed, i)
            .isEqualTo(StatusCode.INVALID_ARGUMENT);
      }
      assertThat(pool.liveBytes()).as("seed %d, message %d", seed, i).isZero();
    }
  }

  private void assertRefused(byte[] message, String why) {
    for (int pieceBytes : new int[] {1, 1_000}) {
      assertThatThrownBy(() -> decode(message, pieceBytes))
          .isInstanceOfSatisfying(
              StatusException.class,
              e -> assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT))
          .hasMessageContaining(why);
    }
  }

  private FlightData decode(byte[] message, int pieceBytes) {
    try {
      decoder.begin(message.length);
      for (int at = 0; at < message.length; at += pieceBytes) {
        decoder.read(
            Unpooled.wrappedBuffer(message, at, Math.min(pieceBytes, message.length - at)));
      }
      return decoder.end();
    } catch (StatusException refused) {
      decoder.abort();
      throw refused;
    }
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] fields(Writing writing) throws IOException {
    var bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    writing.to(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] random(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
