package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Types;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each value that says where others are: at its bound accepted, one past it refused. */
@Timeout(60)
class ValueCheckTest {
  private static final Field ITEM = Types.int32("item");
  private static final Field TEXT = Types.utf8("t");
  private static final Field LARGE = Types.field("t", new ArrowType.LargeUtf8());
  private static final Field LIST = Types.field("l", new ArrowType.List(), ITEM);
  private static final Field LARGE_LIST = Types.field("l", new ArrowType.LargeList(), ITEM);
  private static final Field VIEWS = Types.field("l", new ArrowType.ListView(), ITEM);
  private static final Field LARGE_VIEWS = Types.field("l", new ArrowType.LargeListView(), ITEM);
  private static final Field TEXT_VIEW = Types.field("v", new ArrowType.Utf8View());
  private static final Field DENSE = union(UnionMode.Dense);
  private static final Field SPARSE = union(UnionMode.Sparse);

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void offsetsOfBytesRiseFromZeroUpToTheEnd(int width) {
    var field = width == 4 ? TEXT : LARGE;

    assertThat(text(width, 0, 1, 3).check(field)).isEqualTo(2);
    assertThat(text(width, 2, 2, 2).check(field)).as("not from zero").isEqualTo(2);
    assertRefused(() -> text(width, 0, 1, 4).check(field), "offset 4 at position 2, past the end");
    assertRefused(() -> text(width, 0, 2, 1).check(field), "offset 1 at position 2", "is 2");
    assertRefused(() -> text(width, -1, 1, 3).check(field), "offset -1 at position 0, a negative");
    long least = width == 4 ? Integer.MIN_VALUE : Long.MIN_VALUE;
    long most = width == 4 ? Integer.MAX_VALUE : Long.MAX_VALUE;
    assertRefused(() -> text(width, 0, most, least).check(field), "at position 2");
    assertRefused(() -> text(width, 0, most, most).check(field), "past the end at 3");
    assertRefused(() -> text(width, 0, most, -2).check(field), "offset -2 at position 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2046, 2047, 2048, 2049, 4095, 4999})
  void anOffsetIsFoundWhereverItIs(int bad) {
    int[] offsets = IntStream.rangeClosed(0, 5000).map(i -> i * 2).toArray();
    assertThat(bytes(10_000, offsets).check(TEXT)).isEqualTo(5000);

    offsets[bad + 1] = offsets[bad] - 1;

    assertRefused(() -> bytes(10_000, offsets).check(TEXT), " at position " + (bad + 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void offsetsOfListsStayWithinTheirChild(int width) {
    var field = width == 4 ? LIST : LARGE_LIST;

    assertThat(list(width, 1, 2, 3).check(field)).isEqualTo(2);
    assertRefused(
        () -> list(width, 0, 2, 4).check(field), "column \"l\": offset 4", "past the end at 3");
    assertRefused(() -> list(width, 0, 2, 1).check(field), "offset 1 at position 2");
  }

  @Test
  void offsetsOfNothingAreNotRead() {
    assertThat(new Body(0).none().ints(9).none().check(TEXT)).isZero();
    assertThat(new Body(0).none().none().none().check(TEXT)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void listViewsLieWithinTheirChild(int width) {
    var field = width == 4 ? VIEWS : LARGE_VIEWS;

    assertThat(listView(width, 0, 3).check(field)).isEqualTo(1);
    assertThat(listView(width, 3, 0).check(field)).isEqualTo(1);
    assertRefused(() -> listView(width, 1, 3).check(field), "offset 1 and size 3 at position 0");
    assertRefused(() -> listView(width, 4, 0).check(field), "offset 4 and size 0", "of 3 values");
    assertRefused(() -> listView(width, -1, 2).check(field), "offset -1");
    assertRefused(() -> listView(width, 2, -1).check(field), "size -1");
    long most = width == 4 ? Integer.MAX_VALUE : Long.MAX_VALUE;
    assertRefused(() -> listView(width, most, most).check(field), "size " + most);
    var garbage = new Body(1, 1).node(3, 0).bytes(0).numbers(width, -5).numbers(width, 99);
    assertThat(garbage.none().ints(1, 2, 3).check(field)).as("a null").isEqualTo(1);
  }

  @Test
  void viewsLieInTheirBuffer() {
    assertThat(view(12, 77, 77, 77).check(TEXT_VIEW)).as("in itself").isEqualTo(1);
    assertThat(view(13, 0, 0, 3).check(TEXT_VIEW)).isEqualTo(1);
    assertRefused(() -> view(13, 0, 0, 4).check(TEXT_VIEW), "view at 4 of 13 bytes at position 0");
    assertRefused(() -> view(13, 0, 1, 0).check(TEXT_VIEW), "view of buffer 1 of 1");
    assertRefused(() -> view(13, 0, -1, 0).check(TEXT_VIEW), "view of buffer -1 of 1");
    assertRefused(() -> view(13, 0, 0, -1).check(TEXT_VIEW), "view at -1");
    assertRefused(() -> view(-1, 0, 0, 0).check(TEXT_VIEW), "view of -1 bytes at position 0");
    int most = Integer.MAX_VALUE;
    assertRefused(() -> view(most, 0, 0, most).check(TEXT_VIEW), "view at " + most);
    var garbage = new Body(1, 1).variadic(0).bytes(0).ints(-7, 0, 5, 5);
    assertThat(garbage.check(TEXT_VIEW)).as("a null").isEqualTo(1);
  }

  @Test
  void typeIdsAreDeclared() {
    assertThat(sparse(7, 4).check(SPARSE)).isEqualTo(2);
    assertRefused(() -> sparse(7, 5).check(SPARSE), "type id 5 at position 1, not one of [4, 7]");
    assertRefused(() -> sparse(-1, 4).check(SPARSE), "type id -1 at position 0");
    assertRefused(() -> dense(0, 0, 0).check(DENSE), "type id 0 at position 0");
  }

  @Test
  void offsetsOfADenseUnionStayWithinTheChildOfTheirType() {
    assertThat(dense(4, 0, 0).check(DENSE)).isEqualTo(1);
    assertThat(dense(7, 2, 0).check(DENSE)).isEqualTo(1);
    assertRefused(() -> dense(4, 1, 0).check(DENSE), "offset 1 at position 0", "has 1 values");
    assertRefused(() -> dense(7, 3, 0).check(DENSE), "type id 7 has 3 values");
    assertRefused(() -> dense(7, -1, 0).check(DENSE), "offset -1");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void runEndsRiseFromAboveZeroUpToTheLength(int width) {
    var ends = new FieldType(false, new ArrowType.Int(8 * width, true), null);
    var runs =
        Types.field("r", new ArrowType.RunEndEncoded(), new Field("ends", ends, List.of()), ITEM);

    assertThat(runs(width, 1, 5).check(runs)).isEqualTo(5);
    assertThat(runs(width, 1, 6).check(runs)).as("beyond").isEqualTo(5);
    assertRefused(() -> runs(width, 1, 4).check(runs), "run end 4 at position 1", "length 5");
    assertRefused(() -> runs(width, 5, 5).check(runs), "run end 5 at position 1", "it is 5");
    assertRefused(() -> runs(width, 0, 5).check(runs), "run end 0 at position 0");
    assertRefused(() -> runs(width, -1, 5).check(runs), "run end -1 at position 0");
    assertRefused(() -> runs(width, 6, -3).check(runs), "run end -3 at position 1");
  }

  @Test
  void nullsAreAsManyAsAnnounced() {
    assertThat(new Body(70, 2).longs(-4, -1).ints(new int[70]).check(ITEM)).isEqualTo(70);
    assertThat(new Body(9, 1).bytes(255, 0xfe).ints(new int[9]).check(ITEM)).isEqualTo(9);
    assertRefused(
        () -> new Body(9, 0).bytes(255, 0xfe).ints(new int[9]).check(ITEM),
        "0 nulls announced, validity has 1");
    assertRefused(
        () -> new Body(70, 2).longs(-2, -1).ints(new int[70]).check(ITEM),
        "2 nulls announced, validity has 1");
  }

  @Test
  void aValueDeepInsideIsNamedByItsPath() {
    var deep = Types.field("a", new ArrowType.List(), Types.field("b", new ArrowType.List(), TEXT));
    var body = new Body(1).node(1, 0).node(1, 0);
    body.none().ints(0, 1).none().ints(0, 1).none().ints(0, 9).bytes(1);

    assertRefused(() -> body.check(deep), "batch 1, column \"a.b.t\": offset 9 at position 1");
  }

  @Test
  void listsAreCheckedDownToTheDeepestLevelThereMayBe() {
    var field = ITEM;
    for (int level = 1; level < 64; level++) {
      field = Types.field("l", new ArrowType.List(), field);
    }

    assertThat(deepLists(1).check(field)).isEqualTo(1);
    var deepest = field;
    assertRefused(() -> deepLists(2).check(deepest), "offset 2 at position 1, past the end at 1");
  }

  @Test
  void nestingAThousandDeepIsRefused() {
    var field = ITEM;
    for (int level = 1; level < 1000; level++) {
      field = Types.field("l", new ArrowType.List(), field);
    }
    var deep = field;

    assertRefused(() -> new Body(0).check(deep), "lies deeper than 64");
  }

  private static Body deepLists(int lastOffset) {
    var body = new Body(1);
    for (int level = 1; level < 64; level++) {
      body.node(1, 0).none().ints(0, level == 63 ? lastOffset : 1);
    }
    return body.none().ints(7);
  }

  private static Field union(UnionMode mode) {
    return Types.field("u", new ArrowType.Union(mode, new int[] {4, 7}), ITEM, Types.int32("j"));
  }

  private static Body text(int width, long... offsets) {
    return new Body(offsets.length - 1).none().numbers(width, offsets).bytes(1, 2, 3);
  }

  private static Body bytes(int length, int... offsets) {
    return new Body(offsets.length - 1).none().ints(offsets).bytes(new int[length]);
  }

  private static Body list(int width, long... offsets) {
    var body = new Body(offsets.length - 1).node(3, 0);
    return body.none().numbers(width, offsets).none().ints(1, 2, 3);
  }

  private static Body listView(int width, long offset, long size) {
    var body = new Body(1).node(3, 0).none().numbers(width, offset).numbers(width, size);
    return body.none().ints(1, 2, 3);
  }

  private static Body view(int... view) {
    return new Body(1).variadic(1).none().ints(view).bytes(new int[16]);
  }

  private static Body sparse(int... ids) {
    var body = new Body(ids.length).node(ids.length, 0).node(ids.length, 0).bytes(ids);
    return body.none().ints(new int[ids.length]).none().ints(new int[ids.length]);
  }

  private static Body dense(int id, int offset, int nulls) {
    var body = new Body(1).node(1, nulls).node(3, 0).bytes(id).ints(offset);
    return body.none().ints(1).none().ints(1, 2, 3);
  }

  private static Body runs(int width, long... ends) {
    var body = new Body(5).node(ends.length, 0).node(ends.length, 0);
    return body.none().numbers(width, ends).none().ints(new int[ends.length]);
  }

  private static void assertRefused(ThrowingCallable check, String... messages) {
    assertThatThrownBy(check)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContainingAll(messages);
  }
}
