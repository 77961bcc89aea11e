package dev.hangar.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;

/** Arrow's types as pyarrow writes them: {@code int64}, {@code timestamp[us, tz=UTC]}. */
final class TypeText {
  private TypeText() {}

  static String of(Field field) {
    DictionaryEncoding encoding = field.getDictionary();
    String type = type(field);
    return encoding == null
        ? type
        : "dictionary<values=%s, indices=%s>".formatted(type, integer(encoding.getIndexType()));
  }

  /** Whether values are numbers, which end at the right of a column. */
  static boolean isNumber(Field field) {
    return field.getDictionary() == null
        && switch (field.getType().getTypeID()) {
          case Int, FloatingPoint, Decimal -> true;
          default -> false;
        };
  }

  private static String type(Field field) {
    List<Field> children = field.getChildren();
    return switch (field.getType()) {
      case ArrowType.Int type -> integer(type);
      case ArrowType.FloatingPoint type ->
          switch (type.getPrecision()) {
            case HALF -> "halffloat";
            case SINGLE -> "float";
            case DOUBLE -> "double";
          };
      case ArrowType.Utf8 type -> "string";
      case ArrowType.LargeUtf8 type -> "large_string";
      case ArrowType.LargeBinary type -> "large_binary";
      case ArrowType.FixedSizeBinary type -> "fixed_size_binary[" + type.getByteWidth() + "]";
      case ArrowType.Decimal type ->
          "decimal%d(%d, %d)".formatted(type.getBitWidth(), type.getPrecision(), type.getScale());
      case ArrowType.Date type -> type.getUnit() == DateUnit.DAY ? "date32[day]" : "date64[ms]";
      case ArrowType.Time type -> "time" + type.getBitWidth() + "[" + unit(type.getUnit()) + "]";
      case ArrowType.Duration type -> "duration[" + unit(type.getUnit()) + "]";
      case ArrowType.Timestamp type -> "timestamp[" + unit(type.getUnit()) + zone(type) + "]";
      case ArrowType.List type -> "list<" + nested(children) + ">";
      case ArrowType.LargeList type -> "large_list<" + nested(children) + ">";
      case ArrowType.FixedSizeList type ->
          "fixed_size_list<" + nested(children) + ">[" + type.getListSize() + "]";
      case ArrowType.Map type -> "map<" + types(children.getFirst().getChildren()) + ">";
      case ArrowType.Struct type -> "struct<" + nested(children) + ">";
      default -> field.getType().getTypeID().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String integer(ArrowType.Int type) {
    return (type.getIsSigned() ? "int" : "uint") + type.getBitWidth();
  }

  private static String zone(ArrowType.Timestamp type) {
    return type.getTimezone() == null ? "" : ", tz=" + type.getTimezone();
  }

  private static String nested(List<Field> fields) {
    return fields.stream()
        .map(field -> field.getName() + ": " + of(field))
        .collect(Collectors.joining(", "));
  }

  private static String types(List<Field> fields) {
    return fields.stream().map(TypeText::of).collect(Collectors.joining(", "));
  }

  private static String unit(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> "s";
      case MILLISECOND -> "ms";
      case MICROSECOND -> "us";
      case NANOSECOND -> "ns";
    };
  }
}
