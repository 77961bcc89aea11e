package dev.hangar.wire;

import java.util.List;

/** The value of a session's option. Immutable. */
public sealed interface SessionOptionValue {
  /** No value: asks to remove the option. */
  record Unset() implements SessionOptionValue {}

  /** Text. */
  record Text(String value) implements SessionOptionValue {}

  /** True or false. */
  record Bool(boolean value) implements SessionOptionValue {}

  /** A whole number. */
  record Int64(long value) implements SessionOptionValue {}

  /** A floating-point number. */
  record Float64(double value) implements SessionOptionValue {}

  /** Several texts. */
  record TextList(List<String> values) implements SessionOptionValue {
    public TextList {
      values = List.copyOf(values);
    }
  }

  SessionOptionValue UNSET = new Unset();

  static SessionOptionValue of(String value) {
    return new Text(value);
  }

  static SessionOptionValue of(boolean value) {
    return new Bool(value);
  }

  static SessionOptionValue of(long value) {
    return new Int64(value);
  }

  static SessionOptionValue of(double value) {
    return new Float64(value);
  }

  static SessionOptionValue of(List<String> values) {
    return new TextList(values);
  }
}
