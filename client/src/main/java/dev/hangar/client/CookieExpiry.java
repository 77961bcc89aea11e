package dev.hangar.client;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** When a cookie ends, as its attributes say. */
final class CookieExpiry {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final Pattern DELIMITERS = Pattern.compile("[\\t -/;-@\\[-`{-~]+");
  private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{1,2}):(\\d{1,2})");
  private static final Pattern DAY = Pattern.compile("\\d{1,2}");
  private static final Pattern YEAR = Pattern.compile("\\d{2,4}");

  private static final int FIRST_YEAR = 1601;

  private CookieExpiry() {}

  /**
   * The end of a cookie with these attributes, the first of which is its name and value. Max-Age
   * goes before Expires, the last of each counts, and what cannot be read says nothing (RFC 6265,
   * 5.2 and 5.3).
   */
  static Instant of(String[] attributes, Instant now) {
    Instant maxAge = null;
    Instant expires = null;
    for (int i = 1; i < attributes.length; i++) {
      int equals = attributes[i].indexOf('=');
      if (equals >= 0) {
        var name = attributes[i].substring(0, equals).strip().toLowerCase(Locale.ROOT);
        var value = attributes[i].substring(equals + 1).strip();
        maxAge = name.equals("max-age") ? after(value, now, maxAge) : maxAge;
        expires = name.equals("expires") ? date(value, expires) : expires;
      }
    }
    return maxAge != null ? maxAge : expires != null ? expires : Instant.MAX;
  }

  private static @Nullable Instant after(String seconds, Instant now, @Nullable Instant before) {
    try {
      return Long.parseLong(seconds) <= 0
          ? Instant.MIN
          : now.plusSeconds(Math.min(Long.parseLong(seconds), Integer.MAX_VALUE));
    } catch (NumberFormatException e) {
      return before;
    }
  }

  /** A date in whatever order and punctuation (RFC 6265, 5.1.1). */
  private static @Nullable Instant date(String text, @Nullable Instant before) {
    int[] time = null;
    int day = 0;
    int month = 0;
    int year = -1;
    for (var token : DELIMITERS.split(text, -1)) {
      Matcher clock = TIME.matcher(token);
      int named =
          token.length() < 3 ? -1 : MONTHS.indexOf(token.substring(0, 3).toLowerCase(Locale.ROOT));
      if (time == null && clock.matches()) {
        time = new int[] {number(clock, 1), number(clock, 2), number(clock, 3)};
      } else if (day == 0 && DAY.matcher(token).matches()) {
        day = Integer.parseInt(token);
      } else if (month == 0 && named >= 0) {
        month = named + 1;
      } else if (year < 0 && YEAR.matcher(token).matches()) {
        year = fullYear(Integer.parseInt(token));
      }
    }
    try {
      return time == null || year < FIRST_YEAR
          ? before
          : LocalDateTime.of(year, month, day, time[0], time[1], time[2]).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return before;
    }
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  private static int fullYear(int year) {
    return year >= 100 ? year : year >= 70 ? year + 1900 : year + 2000;
  }
}
