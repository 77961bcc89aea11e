package dev.hangar.wire.grpc;

import java.util.function.IntUnaryOperator;

/** Text that fits a number of bytes, cut between characters and ended with "…" where it must be. */
final class CutText {
  private static final String END = "…";

  private CutText() {}

  /** Text of at most {@code bytesMax} bytes of UTF-8. */
  static String utf8(String text, int bytesMax) {
    return cut(text, bytesMax, CutText::utf8Bytes);
  }

  /** Text of at most {@code bytesMax} bytes when it is percent-encoded ({@link Status}). */
  static String percentEncoded(String text, int bytesMax) {
    return cut(text, bytesMax, c -> c >= ' ' && c <= '~' && c != '%' ? 1 : 3 * utf8Bytes(c));
  }

  private static String cut(String text, int bytesMax, IntUnaryOperator bytesOf) {
    if ((long) text.length() * bytesOf.applyAsInt(Character.MAX_CODE_POINT) <= bytesMax) {
      return text;
    }
    int room = bytesMax - bytesOf.applyAsInt(END.codePointAt(0));
    int bytes = 0;
    int fitting = 0;
    for (int at = 0; at < text.length() && bytes <= bytesMax; ) {
      int c = text.codePointAt(at);
      bytes += bytesOf.applyAsInt(c);
      at += Character.charCount(c);
      fitting = bytes <= room ? at : fitting;
    }
    return bytes <= bytesMax ? text : text.substring(0, fitting) + END;
  }

  private static int utf8Bytes(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
}
