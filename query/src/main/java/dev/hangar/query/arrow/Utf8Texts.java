package dev.hangar.query.arrow;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntToLongFunction;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarCharVector;

/**
 * Whether texts are UTF-8 (RFC 3629, section 4), as Arrow says and nobody has looked. DuckDB breaks
 * where functions come upon others.
 */
final class Utf8Texts {
  private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

  /** Bytes that are looked at together. */
  private static final int BLOCK = 1024;

  private Utf8Texts() {}

  /** The first row of a vector that holds a text which is none; -1 where there is no such. */
  static int firstInvalid(FieldVector vector) {
    return switch (vector) {
      case VarCharVector text -> {
        ArrowBuf offsets = text.getOffsetBuffer();
        yield firstInvalid(text, row -> offsets.getInt((long) row * Integer.BYTES));
      }
      case LargeVarCharVector text -> {
        ArrowBuf offsets = text.getOffsetBuffer();
        yield firstInvalid(text, row -> offsets.getLong((long) row * Long.BYTES));
      }
      case ViewVarCharVector text -> firstInvalid(text);
      default -> -1;
    };
  }

  private static int firstInvalid(FieldVector text, IntToLongFunction offset) {
    int rows = text.getValueCount();
    ArrowBuf data = text.getDataBuffer();
    if (rows == 0 || isAscii(data, offset.applyAsLong(0), offset.applyAsLong(rows))) {
      return -1;
    }
    for (int row = 0; row < rows; row++) {
      if (!text.isNull(row)
          && !isText(data, offset.applyAsLong(row), offset.applyAsLong(row + 1))) {
        return row;
      }
    }
    return -1;
  }

  private static int firstInvalid(ViewVarCharVector text) {
    for (int row = 0; row < text.getValueCount(); row++) {
      if (!text.isNull(row) && !isText(text.get(row))) {
        return row;
      }
    }
    return -1;
  }

  private static boolean isText(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean isAscii(ArrowBuf data, long from, long to) {
    long at = from;
    for (long bits = 0; to - at >= Long.BYTES && bits == 0; ) {
      long end = Math.min(to - Long.BYTES, at + BLOCK);
      for (; at <= end; at += Long.BYTES) {
        bits |= data.getLong(at);
      }
      bits &= NOT_ASCII;
      if (bits != 0) {
        return false;
      }
    }
    byte rest = 0;
    for (; at < to; at++) {
      rest |= data.getByte(at);
    }
    return rest >= 0;
  }

  private static boolean isText(ArrowBuf data, long from, long to) {
    for (long at = from; at < to; ) {
      int bytes = character(data, at, to);
      if (bytes == 0) {
        return false;
      }
      at += bytes;
    }
    return true;
  }

  /** How many bytes the character has that begins there; 0 where none does. */
  private static int character(ArrowBuf data, long at, long to) {
    int first = data.getByte(at) & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    int bytes = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (bytes == 0 || at + bytes > to) {
      return 0;
    }
    int second = data.getByte(at + 1) & 0xFF;
    int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    boolean isWhole = least <= second && second <= most;
    for (int i = 2; i < bytes; i++) {
      isWhole &= (data.getByte(at + i) & 0xC0) == 0x80;
    }
    return isWhole ? bytes : 0;
  }
}
