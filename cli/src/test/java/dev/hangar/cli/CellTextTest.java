package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CellTextTest {
  private final BufferAllocator allocator = new RootAllocator();
  private final MapDictionaryProvider dictionaries = new MapDictionaryProvider();

  @AfterEach
  void nothingIsLeftAllocated() {
    dictionaries.close();
    allocator.close();
  }

  /** The text of a value given as its bits. */
  private String text(ArrowType type, int byteWidth, long bits) {
    try (FieldVector vector = Field.nullable("x", type).createVector(allocator)) {
      vector.setInitialCapacity(1);
      vector.allocateNew();
      ((BaseFixedWidthVector) vector).setIndexDefined(0);
      for (int i = 0; i < byteWidth; i++) {
        vector.getDataBuffer().setByte(i, (byte) (bits >> (8 * i)));
      }
      vector.setValueCount(1);
      return new CellText(dictionaries).of(vector, 0);
    }
  }

  @Test
  void integersOfEveryWidthAndSign() {
    for (int bits : new int[] {8, 16, 32, 64}) {
      assertThat(text(new ArrowType.Int(bits, true), bits / 8, -1)).isEqualTo("-1");
    }
    assertThat(text(new ArrowType.Int(8, false), 1, -1)).isEqualTo("255");
    assertThat(text(new ArrowType.Int(16, false), 2, -1)).isEqualTo("65535");
    assertThat(text(new ArrowType.Int(32, false), 4, -1)).isEqualTo("4294967295");
    assertThat(text(new ArrowType.Int(64, false), 8, -1)).isEqualTo("18446744073709551615");
  }

  @Test
  void datesAndTimesOfEveryUnit() {
    assertThat(text(new ArrowType.Date(DateUnit.DAY), 4, -1)).isEqualTo("1969-12-31");
    assertThat(text(new ArrowType.Date(DateUnit.MILLISECOND), 8, 86_400_000))
        .isEqualTo("1970-01-02");
    assertThat(text(new ArrowType.Time(TimeUnit.SECOND, 32), 4, 3601)).isEqualTo("01:00:01");
    assertThat(text(new ArrowType.Time(TimeUnit.MILLISECOND, 32), 4, 1500))
        .isEqualTo("00:00:01.500");
    assertThat(text(new ArrowType.Time(TimeUnit.MICROSECOND, 64), 8, 1_000_000))
        .isEqualTo("00:00:01");
    assertThat(text(new ArrowType.Time(TimeUnit.NANOSECOND, 64), 8, 1))
        .isEqualTo("00:00:00.000000001");
  }

  @Test
  void timestampsOfEveryUnitAndZone() {
    assertThat(text(new ArrowType.Timestamp(TimeUnit.SECOND, null), 8, -1))
        .isEqualTo("1969-12-31 23:59:59");
    assertThat(text(new ArrowType.Timestamp(TimeUnit.MILLISECOND, null), 8, -1))
        .isEqualTo("1969-12-31 23:59:59.999");
    assertThat(text(new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"), 8, 250_000))
        .isEqualTo("1970-01-01 00:00:00.25 UTC");
    assertThat(text(new ArrowType.Timestamp(TimeUnit.NANOSECOND, "Asia/Tokyo"), 8, 1))
        .isEqualTo("1970-01-01 09:00:00.000000001 Asia/Tokyo");
    assertThat(text(new ArrowType.Timestamp(TimeUnit.SECOND, "no/where"), 8, 1))
        .isEqualTo("1970-01-01 00:00:01 UTC");
  }

  @Test
  void binaryIsHexadecimalAndCut() {
    try (var vector = new VarBinaryVector("x", allocator)) {
      vector.setSafe(0, new byte[] {1, (byte) 0xFF});
      vector.setSafe(1, new byte[100]);
      vector.setValueCount(2);
      var text = new CellText(dictionaries);
      assertThat(text.of(vector, 0)).isEqualTo("0x01ff");
      assertThat(text.of(vector, 1)).hasSize(2 + 64 + 1).endsWith("…");
    }
  }

  @Test
  void listsAndStructsShowWhatTheyHold() {
    try (var list = ListVector.empty("l", allocator);
        var struct = StructVector.empty("s", allocator)) {
      var writer = list.getWriter();
      writer.startList();
      writer.bigInt().writeBigInt(1);
      writer.bigInt().writeNull();
      writer.endList();
      list.setValueCount(2);
      struct.getWriter().start();
      struct.getWriter().integer("a").writeInt(7);
      struct.getWriter().end();
      struct.setValueCount(1);
      var text = new CellText(dictionaries);
      assertThat(text.of(list, 0)).isEqualTo("[1, ·]");
      assertThat(text.of(list, 1)).isEqualTo("·");
      assertThat(text.of(struct, 0)).isEqualTo("{a: 7}");
      assertThat(TypeText.of(list.getField())).isEqualTo("list<$data$: int64>");
    }
  }

  @Test
  void dictionariesShowTheirValues() {
    var values = new VarCharVector("values", allocator);
    values.setSafe(0, "red".getBytes());
    values.setValueCount(1);
    var encoding = new DictionaryEncoding(1, false, new ArrowType.Int(8, true));
    dictionaries.put(new Dictionary(values, encoding));
    try (var column = new VarCharVector("c", allocator)) {
      column.setSafe(0, "red".getBytes());
      column.setValueCount(1);
      try (var encoded = (FieldVector) DictionaryEncoder.encode(column, dictionaries.lookup(1))) {
        assertThat(new CellText(dictionaries).of(encoded, 0)).isEqualTo("red");
      }
    }
  }

  @Test
  void typesAreNamedAsPyarrowNamesThem() {
    assertThat(
            TypeText.of(Field.nullable("x", new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC"))))
        .isEqualTo("timestamp[ns, tz=UTC]");
    assertThat(TypeText.of(Field.nullable("x", new ArrowType.Decimal(9, 2, 128))))
        .isEqualTo("decimal128(9, 2)");
    var encoding = new DictionaryEncoding(1, false, new ArrowType.Int(32, true));
    assertThat(
            TypeText.of(
                new Field("x", new FieldType(true, new ArrowType.Utf8(), encoding), List.of())))
        .isEqualTo("dictionary<values=string, indices=int32>");
  }
}
