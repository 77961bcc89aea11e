package dev.hangar.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.jspecify.annotations.Nullable;

/** Values of Arrow vectors as people read them. */
final class CellText {
  private static final String NULL = "·";

  /** Bytes of binary values that are shown. */
  private static final int MOST_BYTES = 32;

  /** Elements of lists that are shown. */
  private static final int MOST_ELEMENTS = 16;

  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private final DictionaryProvider dictionaries;

  CellText(DictionaryProvider dictionaries) {
    this.dictionaries = dictionaries;
  }

  /** The value at {@code row}; a dot where there is none. */
  String of(ValueVector vector, int row) {
    if (vector.isNull(row)) {
      return NULL;
    }
    DictionaryEncoding encoding = vector.getField().getDictionary();
    if (encoding != null && vector instanceof BaseIntVector indices) {
      ValueVector values = dictionaries.lookup(encoding.getId()).getVector();
      return of(values, (int) indices.getValueAsLong(row));
    }
    return switch (vector) {
      case MapVector map -> entries(map, row);
      case ListVector list ->
          elements(
              list.getDataVector(),
              list.getElementStartIndex(row),
              list.getElementEndIndex(row),
              "[",
              "]");
      case FixedSizeListVector list ->
          elements(
              list.getDataVector(),
              list.getElementStartIndex(row),
              list.getElementEndIndex(row),
              "[",
              "]");
      case StructVector struct -> fields(struct, row);
      case BaseIntVector ints -> integer(ints, row);
      case TimeStampVector stamps ->
          timestamp((ArrowType.Timestamp) vector.getField().getType(), stamps.get(row));
      default -> plain(vector.getField().getType(), vector.getObject(row));
    };
  }

  private static String integer(BaseIntVector vector, int row) {
    long value = vector.getValueAsLong(row);
    ArrowType.Int type = (ArrowType.Int) vector.getField().getType();
    if (type.getIsSigned()) {
      return Long.toString(value);
    }
    int bits = type.getBitWidth();
    return Long.toUnsignedString(bits == Long.SIZE ? value : value & ((1L << bits) - 1));
  }

  private static String plain(ArrowType type, @Nullable Object value) {
    return switch (value) {
      case null -> NULL;
      case byte[] bytes -> hex(bytes);
      case LocalDateTime time when type instanceof ArrowType.Date -> time.toLocalDate().toString();
      case LocalDateTime time when type instanceof ArrowType.Time -> time.toLocalTime().toString();
      case Integer days when type instanceof ArrowType.Date ->
          LocalDate.ofEpochDay(days).toString();
      case Number time when type instanceof ArrowType.Time of ->
          LocalTime.ofNanoOfDay(time.longValue() * nanos(of.getUnit())).toString();
      default -> value.toString();
    };
  }

  private static String timestamp(ArrowType.Timestamp type, long value) {
    long perSecond = 1_000_000_000L / nanos(type.getUnit());
    long nano = Math.floorMod(value, perSecond) * nanos(type.getUnit());
    Instant instant = Instant.ofEpochSecond(Math.floorDiv(value, perSecond), nano);
    ZoneId zone = zone(type.getTimezone());
    String fraction = nano == 0 ? "" : "." + trimmed("%09d".formatted(nano));
    String suffix = type.getTimezone() == null ? "" : " " + zone;
    return SECONDS.format(instant.atZone(zone)) + fraction + suffix;
  }

  /** UTC for a zone that Java doesn't know, which is then shown as such. */
  private static ZoneId zone(@Nullable String name) {
    try {
      return name == null ? UTC : ZoneId.of(name);
    } catch (DateTimeException e) {
      return UTC;
    }
  }

  private static String trimmed(String digits) {
    return digits.replaceFirst("0+$", "");
  }

  private static long nanos(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1_000_000_000L;
      case MILLISECOND -> 1_000_000L;
      case MICROSECOND -> 1_000L;
      case NANOSECOND -> 1L;
    };
  }

  private static String hex(byte[] bytes) {
    int shown = Math.min(bytes.length, MOST_BYTES);
    String digits = HexFormat.of().formatHex(bytes, 0, shown);
    return "0x" + digits + (shown < bytes.length ? "…" : "");
  }

  private String elements(ValueVector values, long start, long end, String open, String close) {
    long shown = Math.min(end, start + MOST_ELEMENTS);
    return LongStream.range(start, shown)
        .mapToObj(i -> of(values, (int) i))
        .collect(Collectors.joining(", ", open, shown < end ? ", …" + close : close));
  }

  private String entries(MapVector map, int row) {
    var entries = (StructVector) map.getDataVector();
    ValueVector keys = entries.getChildByOrdinal(0);
    ValueVector values = entries.getChildByOrdinal(1);
    long start = map.getElementStartIndex(row);
    long end = map.getElementEndIndex(row);
    long shown = Math.min(end, start + MOST_ELEMENTS);
    return LongStream.range(start, shown)
        .mapToObj(i -> of(keys, (int) i) + ": " + of(values, (int) i))
        .collect(Collectors.joining(", ", "{", shown < end ? ", …}" : "}"));
  }

  private String fields(StructVector struct, int row) {
    return struct.getChildrenFromFields().stream()
        .map(field -> field.getName() + ": " + of(field, row))
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
