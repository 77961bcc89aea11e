package dev.hangar.store.check;

import com.google.flatbuffers.Table;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Quoted;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.Duration;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeBinary;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Interval;
import org.apache.arrow.flatbuf.IntervalUnit;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Time;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;
import org.apache.arrow.flatbuf.UnionMode;

/**
 * The parameters of one field's type, held against Arrow's {@code Schema.fbs}.
 *
 * <p>Its methods may throw {@link IndexOutOfBoundsException}; whoever walks the schema turns that
 * into a refusal of the whole.
 */
final class TypeCheck {
  /** Bytes of a view and of 128-bit values. */
  private static final int WIDE_BYTES = 16;

  private static final int DEFAULT_INDEX_BYTES = 4;
  private static final int MAX_TYPE_ID = 127;

  private final Field field;
  private final String name;

  TypeCheck(Field field, String name) {
    this.field = field;
    this.name = name;
  }

  /** The form its values lie in, whatever dictionary stands between. */
  Form form() {
    return switch (field.typeType()) {
      case Type.Null -> Form.NULL;
      case Type.Bool -> Form.BITS;
      case Type.Int,
          Type.FloatingPoint,
          Type.Decimal,
          Type.Date,
          Type.Time,
          Type.Timestamp,
          Type.Interval,
          Type.Duration,
          Type.FixedSizeBinary ->
          Form.FIXED;
      case Type.Binary, Type.Utf8, Type.LargeBinary, Type.LargeUtf8 -> Form.VARIABLE;
      case Type.BinaryView, Type.Utf8View -> Form.VIEW;
      case Type.List, Type.LargeList, Type.Map -> Form.LIST;
      case Type.ListView, Type.LargeListView -> Form.LIST_VIEW;
      case Type.FixedSizeList -> Form.FIXED_SIZE_LIST;
      case Type.Struct_ -> Form.STRUCT;
      case Type.Union -> unionForm();
      case Type.RunEndEncoded -> Form.RUN_END_ENCODED;
      default -> throw refused("has a type unknown to Arrow (number " + field.typeType() + ")");
    };
  }

  /** The width its form needs, 0 where it needs none. */
  int width() {
    return switch (field.typeType()) {
      case Type.Int -> intBytes(type(new Int()).bitWidth());
      case Type.FloatingPoint -> floatBytes();
      case Type.Decimal -> decimalBytes();
      case Type.Date -> dateBytes();
      case Type.Time -> timeBytes();
      case Type.Timestamp -> eightBytes(type(new Timestamp()).unit());
      case Type.Duration -> eightBytes(type(new Duration()).unit());
      case Type.Interval -> intervalBytes();
      case Type.FixedSizeBinary -> size("byteWidth", type(new FixedSizeBinary()).byteWidth());
      case Type.FixedSizeList -> size("listSize", type(new FixedSizeList()).listSize());
      case Type.Binary, Type.Utf8, Type.List, Type.Map, Type.ListView, Type.Union -> Integer.BYTES;
      case Type.LargeBinary, Type.LargeUtf8, Type.LargeList, Type.LargeListView -> Long.BYTES;
      case Type.BinaryView, Type.Utf8View -> WIDE_BYTES;
      default -> 0;
    };
  }

  /** Bytes of an index into the field's dictionary. */
  int indexBytes() {
    var index = field.dictionary().indexType();
    return index == null ? DEFAULT_INDEX_BYTES : intBytes(index.bitWidth());
  }

  boolean isIndexUnsigned() {
    var index = field.dictionary().indexType();
    return index != null && !index.isSigned();
  }

  /** For each child of a union the type id that stands for it: its place, unless said otherwise. */
  List<Integer> typeIds() {
    if (field.typeType() != Type.Union) {
      return List.of();
    }
    var union = type(new Union());
    boolean isDeclared = union.typeIdsVector() != null;
    return IntStream.range(0, field.childrenLength())
        .mapToObj(child -> isDeclared ? union.typeIds(child) : child)
        .toList();
  }

  /** The number of children its type calls for. */
  void checkChildren() {
    int count = field.childrenLength();
    switch (field.typeType()) {
      case Type.Struct_ -> {}
      case Type.Union -> checkTypeIds(count);
      case Type.RunEndEncoded -> checkRunEnds(count);
      case Type.Map -> checkMapEntries(count);
      case Type.List, Type.LargeList, Type.ListView, Type.LargeListView, Type.FixedSizeList ->
          requireChildren(count, 1);
      default -> requireChildren(count, 0);
    }
  }

  private Form unionForm() {
    short mode = type(new Union()).mode();
    return switch (mode) {
      case UnionMode.Sparse -> Form.SPARSE_UNION;
      case UnionMode.Dense -> Form.DENSE_UNION;
      default -> throw refused("is a union of unknown mode " + mode);
    };
  }

  private int intBytes(int bits) {
    return switch (bits) {
      case Byte.SIZE, Short.SIZE, Integer.SIZE, Long.SIZE -> bits / Byte.SIZE;
      default -> throw refused("is an integer of " + bits + " bits, not of 8, 16, 32 or 64");
    };
  }

  private int floatBytes() {
    short precision = type(new FloatingPoint()).precision();
    return switch (precision) {
      case Precision.HALF -> Short.BYTES;
      case Precision.SINGLE -> Float.BYTES;
      case Precision.DOUBLE -> Double.BYTES;
      default -> throw refused("is a float of unknown precision " + precision);
    };
  }

  private int decimalBytes() {
    var decimal = type(new Decimal());
    int maxDigits = maxDigits(decimal.bitWidth());
    if (decimal.precision() < 1 || decimal.precision() > maxDigits) {
      throw refused(
          "is a decimal of %d bits with %d digits, not 1 to %d"
              .formatted(decimal.bitWidth(), decimal.precision(), maxDigits));
    }
    return decimal.bitWidth() / Byte.SIZE;
  }

  private int maxDigits(int bits) {
    return switch (bits) {
      case 32 -> 9;
      case 64 -> 18;
      case 128 -> 38;
      case 256 -> 76;
      default -> throw refused("is a decimal of " + bits + " bits, not of 32, 64, 128 or 256");
    };
  }

  private int dateBytes() {
    short unit = type(new Date()).unit();
    return switch (unit) {
      case DateUnit.DAY -> Integer.BYTES;
      case DateUnit.MILLISECOND -> Long.BYTES;
      default -> throw refused("is a date of unknown unit " + unit);
    };
  }

  private int timeBytes() {
    var time = type(new Time());
    int bytes =
        switch (time.unit()) {
          case TimeUnit.SECOND, TimeUnit.MILLISECOND -> Integer.BYTES;
          case TimeUnit.MICROSECOND, TimeUnit.NANOSECOND -> Long.BYTES;
          default -> throw refused("is a time of unknown unit " + time.unit());
        };
    if (time.bitWidth() != bytes * Byte.SIZE) {
      throw refused(
          "is a time of %d bits where its unit has %d"
              .formatted(time.bitWidth(), bytes * Byte.SIZE));
    }
    return bytes;
  }

  private int eightBytes(short unit) {
    if (unit < TimeUnit.SECOND || unit > TimeUnit.NANOSECOND) {
      throw refused("has the unknown time unit " + unit);
    }
    return Long.BYTES;
  }

  private int intervalBytes() {
    short unit = type(new Interval()).unit();
    return switch (unit) {
      case IntervalUnit.YEAR_MONTH -> Integer.BYTES;
      case IntervalUnit.DAY_TIME -> Long.BYTES;
      case IntervalUnit.MONTH_DAY_NANO -> WIDE_BYTES;
      default -> throw refused("is an interval of unknown unit " + unit);
    };
  }

  private int size(String what, int size) {
    if (size < 0) {
      throw refused("has the " + what + " " + size);
    }
    return size;
  }

  private void checkTypeIds(int children) {
    var union = type(new Union());
    int count = union.typeIdsVector() == null ? children : union.typeIdsLength();
    if (count != children || count > MAX_TYPE_ID + 1) {
      throw refused("is a union with %d type ids and %d children".formatted(count, children));
    }
    var seen = new HashSet<Integer>();
    for (int i = 0; i < union.typeIdsLength(); i++) {
      int id = union.typeIds(i);
      if (id < 0 || id > MAX_TYPE_ID || !seen.add(id)) {
        throw refused("is a union whose type id " + id + " is not one of 0 to 127, each once");
      }
    }
  }

  private void checkRunEnds(int children) {
    requireChildren(children, 2);
    var ends = field.children(0);
    boolean isInt = ends.typeType() == Type.Int && ends.dictionary() == null;
    int bits = isInt && ends.type(new Int()) instanceof Int type ? type.bitWidth() : 0;
    if (bits < Short.SIZE || bits > Long.SIZE) {
      throw refused("is run-end encoded with run ends that are not 16, 32 or 64-bit integers");
    }
  }

  private void checkMapEntries(int children) {
    requireChildren(children, 1);
    var entries = field.children(0);
    if (entries.typeType() != Type.Struct_
        || entries.childrenLength() != 2
        || entries.dictionary() != null) {
      throw refused("is a map whose entries are not a struct of key and value");
    }
  }

  private void requireChildren(int count, int wanted) {
    if (count != wanted) {
      throw refused(
          "is of type %s with %d children, not %d"
              .formatted(Type.name(field.typeType()), count, wanted));
    }
  }

  @SuppressWarnings("unchecked") // the flatbuffer hands back the very object it was given
  private <T extends Table> T type(T type) {
    var found = field.type(type);
    if (found == null) {
      throw refused("has no type");
    }
    return (T) found;
  }

  private InvalidDataException refused(String what) {
    return new InvalidDataException("schema: field " + Quoted.of(name) + " " + what);
  }
}
