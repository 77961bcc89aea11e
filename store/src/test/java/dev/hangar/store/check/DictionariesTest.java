package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Types;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Indices against dictionaries as long as the stream has made them by then. */
@Timeout(60)
class DictionariesTest {
  @ParameterizedTest
  @CsvSource({
    "1, true",
    "2, true",
    "4, true",
    "8, true",
    "1, false",
    "2, false",
    "4, false",
    "8, false"
  })
  void anIndexIsUnderTheDictionarysLength(int width, boolean isSigned) {
    var check = check(encoded(8 * width, isSigned));
    values(200).dictionary(check, 3, false);
    long least = width == 8 ? Long.MIN_VALUE : -1L << (8 * width - 1);

    long last = width == 1 && isSigned ? 127 : 199;
    assertThat(indices(width, 0, last).check(check)).isEqualTo(2);
    assertRefused(() -> indices(width, 0, -1).check(check), "at position 1", "has 200 values");
    if (width > 1 || isSigned) { // else it is 128
      assertRefused(() -> indices(width, least, 0).check(check), "at position 0");
    }
    if (last == 199) {
      assertRefused(() -> indices(width, 0, 200).check(check), "index 200 at position 1");
    }
    assertThat(new Body(2, 1).bytes(2).numbers(width, least, 7).check(check)).isEqualTo(2);
    assertThat(new Body(2, 1).bytes(1).numbers(width, 7, -1).check(check)).isEqualTo(2);
  }

  @Test
  void aDeltaAddsAndAReplacementBeginsAnew() {
    var check = check(encoded(32, true));
    values(2).dictionary(check, 3, false);
    assertRefused(() -> indices(4, 2).check(check), "index 2 at position 0", "has 2 values");
    values(3).dictionary(check, 3, true);
    assertThat(indices(4, 4).check(check)).isEqualTo(1);
    assertRefused(() -> indices(4, 5).check(check), "index 5 at position 0", "has 5 values");
    values(1).dictionary(check, 3, false);
    assertRefused(() -> indices(4, 1).check(check), "has 1 values");
  }

  @Test
  void anIndexIntoNothingIsRefusedUnlessNull() {
    var check = check(encoded(32, true));
    values(0).dictionary(check, 3, false);

    assertThat(new Body(1, 1).bytes(0).ints(0).check(check)).isEqualTo(1);
    assertRefused(() -> indices(4, 0).check(check), "has 0 values");
  }

  @Test
  void dictionariesPointIntoOthersAsTheyAreWhenRowsCome() {
    var check = check(nested());
    lists(0, 5).dictionary(check, 1, false);
    values(5).dictionary(check, 3, false);
    assertRefused(
        () -> indices(4, 0).check(check),
        "dictionary 1 of field \"outer\" has the index 5 into dictionary 3 of 5 values");
    values(1).dictionary(check, 3, true);
    assertThat(indices(4, 0).check(check)).isEqualTo(1);
    values(1).dictionary(check, 3, false);
    assertRefused(() -> indices(4, 0).check(check), "has the index 5 into dictionary 3");
    lists(0, 0).dictionary(check, 1, false);
    assertThat(indices(4, 0).check(check)).as("both replaced").isEqualTo(1);
    assertRefused(() -> lists(0, -1).dictionary(check, 1, false), "outer.inner", "index -1");
  }

  private static Field encoded(int bits, boolean isSigned) {
    var encoding = new DictionaryEncoding(3, false, new ArrowType.Int(bits, isSigned));
    return new Field("e", new FieldType(true, new ArrowType.Utf8(), encoding), List.of());
  }

  private static Field nested() {
    var encoding = new DictionaryEncoding(1, false, new ArrowType.Int(32, true));
    var type = new FieldType(true, new ArrowType.List(), encoding);
    return new Field("outer", type, List.of(Types.encoded("inner", 3)));
  }

  private static BatchCheck check(Field field) {
    return new BatchCheck(SchemaCheck.layout(ArrowStream.schema(field)));
  }

  private static Body values(int count) {
    return new Body(count).none().ints(new int[count + 1]).none();
  }

  private static Body lists(int... indices) {
    var body = new Body(1).node(indices.length, 0);
    return body.none().ints(0, indices.length).none().ints(indices);
  }

  private static Body indices(int width, long... indices) {
    return new Body(indices.length).none().numbers(width, indices);
  }

  private static void assertRefused(ThrowingCallable check, String... messages) {
    assertThatThrownBy(check)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContainingAll(messages);
  }
}
