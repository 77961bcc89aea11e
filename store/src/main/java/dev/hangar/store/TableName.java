package dev.hangar.store;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table's name: a path of 1 to {@value Limits#NAME_SEGMENTS} segments, in text joined by {@code
 * /}.
 *
 * <p>Immutable. Names are ordered segment by segment, so what shares a prefix stands together. A
 * name never becomes a file's name: {@code .} and {@code ..} are segments like others.
 *
 * @param segments none of them empty or with a {@code /} or a control character; in UTF-8, joined,
 *     at most {@value Limits#NAME_BYTES} bytes
 */
public record TableName(List<String> segments) implements Comparable<TableName> {
  /**
   * @throws IllegalNameException if a rule is broken
   */
  public TableName {
    segments = List.copyOf(segments);
    checkSegments(segments);
  }

  /**
   * The name written as {@code text}, split at each {@code /}.
   *
   * @throws IllegalNameException if a rule is broken
   */
  public static TableName parse(String text) {
    return new TableName(split(text));
  }

  /**
   * The name made of {@code segments}; one that holds a {@code /} is split there, because some
   * clients send a whole path as one segment.
   *
   * @throws IllegalNameException if a rule is broken
   */
  public static TableName of(List<String> segments) {
    var split = new ArrayList<String>();
    segments.forEach(segment -> split.addAll(split(segment)));
    return new TableName(split);
  }

  /** Whether it is {@code prefix}, or stands below it. */
  public boolean startsWith(TableName prefix) {
    int count = prefix.segments.size();
    return segments.size() >= count && segments.subList(0, count).equals(prefix.segments);
  }

  @Override
  public int compareTo(TableName other) {
    int shared = Math.min(segments.size(), other.segments.size());
    for (int i = 0; i < shared; i++) {
      int order = segments.get(i).compareTo(other.segments.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(segments.size(), other.segments.size());
  }

  /** The segments joined by {@code /}. */
  @Override
  public String toString() {
    return String.join("/", segments);
  }

  /** Stops one segment past the limit: a name of a million slashes is not worth a million parts. */
  private static List<String> split(String text) {
    return Arrays.asList(text.split("/", Limits.NAME_SEGMENTS + 1));
  }

  private static void checkSegments(List<String> segments) {
    if (segments.isEmpty() || (segments.size() == 1 && segments.get(0).isEmpty())) {
      throw new IllegalNameException("a table's name must not be empty");
    }
    if (segments.size() > Limits.NAME_SEGMENTS) {
      throw broken(segments, "more than " + Limits.NAME_SEGMENTS + " segments");
    }
    checkLength(segments);
    segments.forEach(segment -> checkSegment(segment, segments));
  }

  private static void checkSegment(String segment, List<String> segments) {
    if (segment.isEmpty()) {
      throw broken(segments, "an empty segment; names neither begin nor end with '/'");
    }
    if (segment.indexOf('/') >= 0) {
      throw broken(segments, "a '/' inside a segment");
    }
    if (segment.chars().anyMatch(TableName::isControl)) {
      throw broken(segments, "a control character");
    }
  }

  /** In UTF-8, which has no form for half a surrogate pair. */
  private static void checkLength(List<String> segments) {
    long chars = segments.stream().mapToLong(String::length).sum() + segments.size() - 1;
    long bytes = chars > Limits.NAME_BYTES ? chars : utf8Length(segments);
    if (bytes > Limits.NAME_BYTES) {
      throw broken(segments, "more than " + Limits.NAME_BYTES + " bytes of UTF-8");
    }
  }

  private static int utf8Length(List<String> segments) {
    try {
      var joined = CharBuffer.wrap(String.join("/", segments));
      return StandardCharsets.UTF_8.newEncoder().encode(joined).remaining();
    } catch (CharacterCodingException e) {
      throw broken(segments, "half a surrogate pair, which is no character");
    }
  }

  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static IllegalNameException broken(List<String> segments, String rule) {
    var name = Quoted.of(String.join("/", segments));
    return new IllegalNameException("table name " + name + " has " + rule);
  }
}
