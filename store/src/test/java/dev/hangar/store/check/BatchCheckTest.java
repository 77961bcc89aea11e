package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Types;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each number a batch's metadata holds, right and wrong. */
class BatchCheckTest {
  private static final Field INT = Types.int32("n");
  private static final Field TEXT = Types.utf8("t");
  private static final Field VIEW = Types.field("v", new ArrowType.Utf8View());
  private static final Field LIST = Types.field("l", new ArrowType.List(), Types.int32("item"));
  private static final Field ENCODED = Types.encoded("e", 3);

  /** Four 32-bit integers without a validity bitmap. */
  private static Header four() {
    return new Header(4).node(4, 0).buffer(0, 0).buffer(0, 16).body(16);
  }

  @Test
  void aBatchThatFitsIsCounted() {
    assertThat(check(four(), INT)).isEqualTo(4);
  }

  @Test
  void theBodyIsAsLongAsAnnounced() {
    var check = new BatchCheck(SchemaCheck.layout(ArrowStream.schema(INT)));
    var metadata = four().body(12 + 4).recordBatch();

    assertThat(check.check(metadata, body(16 + 7))).as("padded").isEqualTo(4);
    assertRefused(
        () -> check.check(metadata, body(15)), "batch 2", "body of 16 bytes", "one of 15");
    assertRefused(() -> check.check(metadata, body(24)), "body of 16 bytes", "one of 24");
    assertRefused(() -> check.check(four().body(-1).recordBatch(), body(0)), "body of -1 bytes");
  }

  @Test
  void versionAndHeaderAreThoseOfABatch() {
    assertRefused(four().version(MetadataVersion.V4), "metadata version 3, its schema 4", INT);
    var check = new BatchCheck(SchemaCheck.layout(ArrowStream.schema(INT)));
    assertRefused(
        () -> check.check(four().ofType(MessageHeader.Schema), body(16)), "a second schema");
    assertRefused(
        () -> check.check(four().ofType(MessageHeader.Tensor), body(16)), "header type 4");
    assertRefused(() -> check.check(four().ofType((byte) 77), body(16)), "header type 77");
  }

  @Test
  void nodesAndBuffersAreAsManyAsTheSchemaSays() {
    assertRefused(four().node(4, 0), "2 field nodes, its schema calls for 1", INT);
    assertRefused(four(), "1 field nodes, its schema calls for 2", INT, INT);
    assertRefused(four().buffer(0, 16), "3 buffers, its schema calls for 2", INT);
    assertRefused(four(), "2 buffers, its schema calls for 3", TEXT);
    assertRefused(four().variadic(1), "1 variadic buffer counts", INT);
  }

  @Test
  void lengthsAndNullsAreInRange() {
    assertRefused(one(new Header(-1), -1, 0), "-1 rows", INT);
    assertRefused(one(new Header(1L << 31), 1L << 31, 0), "2147483648 rows", INT);
    assertRefused(one(new Header(4), -4, 0), "column \"n\": -4 values", INT);
    assertRefused(one(new Header(4), 4, 5), "5 nulls among 4 values", INT);
    assertRefused(one(new Header(4), 4, -1), "-1 nulls among 4 values", INT);
    assertRefused(one(new Header(3), 4, 0), "4 values in a batch of 3 rows", INT);
  }

  @Test
  void buffersLieInsideTheBody() {
    assertRefused(ints(0, 24), "values at 0 of 24 bytes, body has 16", INT);
    assertRefused(ints(8, 16), "values at 8 of 16 bytes, body has 16", INT);
    assertRefused(ints(-8, 16), "values at -8", INT);
    assertRefused(ints(0, -16), "values at 0 of -16 bytes", INT);
    assertRefused(ints(Long.MAX_VALUE, 16), "body has 16", INT);
    assertRefused(ints(8, Long.MAX_VALUE), "body has 16", INT);
  }

  @Test
  void buffersBeginAtMultiplesOfEight() {
    var shifted = new Header(1).node(1, 0).buffer(0, 0).buffer(4, 4).body(16);

    assertRefused(shifted, "values at 4, not a multiple of 8", INT);
  }

  @Test
  void buffersAreLongEnoughForTheirValues() {
    assertThat(check(ints(0, 16), INT)).isEqualTo(4);
    assertRefused(ints(0, 15), "column \"n\": values of 15 bytes, needs 16", INT);
    assertRefused(nine(1, 0), "validity of 0 bytes, needs 2", INT);
    assertRefused(nine(0, 1), "validity of 1 bytes, needs 2", INT);
    assertThat(check(nine(9, 2), INT)).isEqualTo(9);
  }

  @Test
  void offsetsAreOneMoreThanValuesButNoneOfNothing() {
    assertThat(check(text(0, 0), TEXT)).isZero();
    assertThat(check(text(3, 16), TEXT)).isEqualTo(3);
    assertRefused(text(3, 12), "offsets of 12 bytes, needs 16", TEXT);
  }

  @Test
  void viewsCountTheirOwnBuffers() {
    var two = views(1).variadic(2).buffer(0, 16).buffer(0, 8);

    assertThat(check(two, VIEW)).isEqualTo(1);
    assertRefused(views(1), "0 variadic buffer counts, its schema has 1", VIEW);
    assertRefused(views(1).variadic(1), "2 buffers, its schema calls for 3", VIEW);
    assertRefused(views(1).variadic(-1), "variadic buffer count -1", VIEW);
    assertRefused(views(1).variadic(Long.MAX_VALUE), "variadic buffer count", VIEW);
  }

  @Test
  void aFieldInsideIsNamedByItsPath() {
    var header = new Header(1).node(1, 0).node(2, 0);
    header.buffer(0, 0).buffer(0, 8).buffer(0, 0).buffer(8, 4).body(16);

    assertRefused(header, "batch 1, column \"l.item\": values of 4 bytes, needs 8", LIST);
  }

  @Test
  void childrenAreAsLongAsTheirParentNeeds() {
    var struct = Types.field("s", new ArrowType.Struct(), INT);
    var fixed = Types.field("f", new ArrowType.FixedSizeList(3), INT);

    assertRefused(nested(4, 3), "column \"s.n\": 3 values where its parent needs 4", struct);
    assertThat(check(nested(4, 4), struct)).isEqualTo(4);
    assertRefused(nested(4, 11), "column \"f.n\": 11 values where its parent needs 12", fixed);
    assertThat(check(nested(4, 12), fixed)).isEqualTo(4);
  }

  @Test
  void compressedBuffersHaveAtLeastTheirPrefix() {
    assertRefused(ints(0, 7).codec(1), "values of 7 bytes, needs 8", INT);
    assertRefused(ints(0, 0).codec(1), "values of 0 bytes, needs 8", INT);
    assertRefused(ints(0, 24).codec(1), "body has 16", INT);
    assertRefused(ints(0, 16).codec(2), "unknown codec 2", INT);
  }

  @Test
  void aDictionaryComesBeforeThoseWhoNeedIt() {
    var check = new BatchCheck(SchemaCheck.layout(ArrowStream.schema(ENCODED)));
    var values = text(2, 16).dictionaryBatch(3, false);

    assertRefused(
        () -> check.check(four().recordBatch(), body(16)),
        "batch 1",
        "dictionary 3 of field \"e\"");
    assertRefused(
        () -> check.check(text(2, 16).dictionaryBatch(3, true), body(32)), "adds to dictionary 3");
    assertThat(check.check(values, body(32))).isZero();
    assertThat(check.check(four().recordBatch(), body(16))).isEqualTo(4);
    assertThat(check.check(text(2, 16).dictionaryBatch(3, true), body(32))).as("delta").isZero();
    assertThat(check.check(values, body(32))).as("replacement").isZero();
    assertRefused(
        () -> check.check(text(2, 16).dictionaryBatch(4, false), body(32)),
        "has dictionary 4, which no");
    assertRefused(() -> check.check(four().dictionaryBatch(3, false), body(16)), "calls for 3");
  }

  @Test
  void columnsWithoutValuesNeedNoDictionary() {
    var allNull = new Header(4).node(4, 4).buffer(0, 1).buffer(0, 16).body(16);
    var empty = new Header(0).node(0, 0).buffer(0, 0).buffer(0, 0);

    assertThat(check(allNull, ENCODED)).isEqualTo(4);
    assertThat(check(empty, ENCODED)).isZero();
  }

  @Test
  void dictionariesOfDictionariesComeInAnyOrderButCome() {
    var encoding = new DictionaryEncoding(1, false, new ArrowType.Int(32, true));
    var type = new FieldType(true, new ArrowType.List(), encoding);
    var outer = new Field("outer", type, List.of(Types.encoded("inner", 2)));
    var check = new BatchCheck(SchemaCheck.layout(ArrowStream.schema(outer)));
    var lists = new Header(1).node(1, 0).node(2, 0);
    lists.buffer(0, 0).buffer(0, 8).buffer(0, 0).buffer(8, 8).body(16);

    check.check(lists.dictionaryBatch(1, false), body(16));
    assertRefused(
        () -> check.check(four().recordBatch(), body(16)), "dictionary 2 of field \"inner\"");
    check.check(text(2, 16).dictionaryBatch(2, false), body(32));
    assertThat(check.check(four().recordBatch(), body(16))).isEqualTo(4);
  }

  @Test
  void metadataOfNothingIsRefused() {
    var check = new BatchCheck(SchemaCheck.layout(ArrowStream.schema(INT)));

    assertRefused(() -> check.check(ByteBuffer.allocate(0), body(0)), "points outside its 0 bytes");
    assertRefused(() -> check.check(ByteBuffer.allocate(64), body(0)), "batch 2");
  }

  @Test
  void theCallersBufferIsLeftAsItIs() {
    var metadata = ByteBuffer.allocate(500).position(100);
    metadata.put(four().recordBatch()).flip().position(100);
    var check = new BatchCheck(SchemaCheck.layout(ArrowStream.schema(INT)));

    assertThat(check.check(metadata.asReadOnlyBuffer(), body(16))).isEqualTo(4);
    assertThat(metadata.position()).isEqualTo(100);
  }

  private static Header ints(long offset, long length) {
    return new Header(4).node(4, 0).buffer(0, 0).buffer(offset, length).body(16);
  }

  private static Header one(Header header, long length, long nulls) {
    return header.node(length, nulls).buffer(0, 0).buffer(0, 16).body(16);
  }

  private static Header nine(long nulls, long validityBytes) {
    return new Header(9).node(9, nulls).buffer(0, validityBytes).buffer(0, 36).body(40);
  }

  private static Header text(long rows, long offsetBytes) {
    return new Header(rows)
        .node(rows, 0)
        .buffer(0, 0)
        .buffer(0, offsetBytes)
        .buffer(16, 9)
        .body(32);
  }

  private static Header views(long rows) {
    return new Header(rows).node(rows, 0).buffer(0, 0).buffer(0, 16).body(16);
  }

  private static Header nested(long rows, long childRows) {
    var header = new Header(rows).node(rows, 0).node(childRows, 0);
    return header.buffer(0, 0).buffer(0, 0).buffer(0, 64).body(64);
  }

  private static long check(Header header, Field... fields) {
    var check = new BatchCheck(SchemaCheck.layout(ArrowStream.schema(fields)));
    var metadata = header.recordBatch();
    return check.check(metadata, body(bodyLength(metadata)));
  }

  private static int bodyLength(ByteBuffer metadata) {
    return Math.toIntExact(Message.getRootAsMessage(metadata.duplicate()).bodyLength());
  }

  private static ByteBuffer body(int bytes) {
    return ByteBuffer.allocate(bytes);
  }

  private static void assertRefused(Header header, String message, Field... fields) {
    assertRefused(() -> check(header, fields), message);
  }

  private static void assertRefused(ThrowingCallable check, String... messages) {
    assertThatThrownBy(check)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContainingAll(messages);
  }
}
