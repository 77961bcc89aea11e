package dev.hangar.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/** One field of every type Arrow's Java library knows, nested ones with each kind of child. */
public final class Types {
  private Types() {}

  public static List<Field> all() {
    var fields = new ArrayList<>(flat());
    fields.addAll(nested());
    return fields;
  }

  public static Field field(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  public static Field int32(String name) {
    return field(name, new ArrowType.Int(32, true));
  }

  public static Field utf8(String name) {
    return field(name, new ArrowType.Utf8());
  }

  /** A field of text encoded with 32-bit indices. */
  public static Field encoded(String name, long dictionary) {
    var encoding = new DictionaryEncoding(dictionary, false, new ArrowType.Int(32, true));
    var type = new FieldType(true, new ArrowType.Utf8(), encoding, Map.of("k", "v"));
    return new Field(name, type, List.of());
  }

  private static List<Field> flat() {
    var types = new ArrayList<ArrowType>();
    types.add(new ArrowType.Null());
    types.add(new ArrowType.Bool());
    for (int bits = 8; bits <= 64; bits *= 2) {
      types.add(new ArrowType.Int(bits, true));
      types.add(new ArrowType.Int(bits, false));
    }
    for (var precision : FloatingPointPrecision.values()) {
      types.add(new ArrowType.FloatingPoint(precision));
    }
    types.add(new ArrowType.Decimal(38, 10, 128));
    types.add(new ArrowType.Decimal(76, -3, 256));
    types.add(new ArrowType.Date(DateUnit.DAY));
    types.add(new ArrowType.Date(DateUnit.MILLISECOND));
    for (var unit : TimeUnit.values()) {
      boolean isShort = unit == TimeUnit.SECOND || unit == TimeUnit.MILLISECOND;
      types.add(new ArrowType.Time(unit, isShort ? 32 : 64));
      types.add(new ArrowType.Timestamp(unit, null));
      types.add(new ArrowType.Timestamp(unit, "Europe/Zurich"));
      types.add(new ArrowType.Duration(unit));
    }
    for (var unit : IntervalUnit.values()) {
      types.add(new ArrowType.Interval(unit));
    }
    types.add(new ArrowType.FixedSizeBinary(7));
    types.add(new ArrowType.Binary());
    types.add(new ArrowType.LargeBinary());
    types.add(new ArrowType.BinaryView());
    types.add(new ArrowType.Utf8());
    types.add(new ArrowType.LargeUtf8());
    types.add(new ArrowType.Utf8View());
    return types.stream().map(type -> field(type.toString(), type)).toList();
  }

  private static List<Field> nested() {
    var entries = new FieldType(false, new ArrowType.Struct(), null);
    var key = new Field("key", new FieldType(false, new ArrowType.Utf8(), null), List.of());
    var ends = new FieldType(false, new ArrowType.Int(32, true), null);
    return List.of(
        field("list", new ArrowType.List(), utf8("item")),
        field("large list", new ArrowType.LargeList(), int32("item")),
        field("list view", new ArrowType.ListView(), int32("item")),
        field("large list view", new ArrowType.LargeListView(), int32("item")),
        field("fixed list", new ArrowType.FixedSizeList(3), int32("item")),
        field("struct", new ArrowType.Struct(), int32("a"), field("b", new ArrowType.Utf8View())),
        field("empty struct", new ArrowType.Struct()),
        field(
            "map",
            new ArrowType.Map(false),
            new Field("entries", entries, List.of(key, utf8("value")))),
        field(
            "sparse",
            new ArrowType.Union(UnionMode.Sparse, new int[] {4, 5}),
            int32("i"),
            field("s", new ArrowType.Bool())),
        field(
            "dense",
            new ArrowType.Union(UnionMode.Dense, new int[] {0, 1}),
            int32("i"),
            field("s", new ArrowType.Bool())),
        field(
            "runs",
            new ArrowType.RunEndEncoded(),
            new Field("run_ends", ends, List.of()),
            utf8("values")),
        field(
            "deep",
            new ArrowType.List(),
            field("item", new ArrowType.Struct(), field("l", new ArrowType.List(), utf8("u")))));
  }
}
