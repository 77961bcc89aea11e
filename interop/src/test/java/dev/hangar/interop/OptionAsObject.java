package dev.hangar.interop;

import java.util.List;
import org.apache.arrow.flight.SessionOptionValueVisitor;

/** The value of flight-core's session option as an object of Java's own; null for none. */
final class OptionAsObject implements SessionOptionValueVisitor<Object> {
  @Override
  public Object visit(String value) {
    return value;
  }

  @Override
  public Object visit(boolean value) {
    return value;
  }

  @Override
  public Object visit(long value) {
    return value;
  }

  @Override
  public Object visit(double value) {
    return value;
  }

  @Override
  public Object visit(String[] value) {
    return List.of(value);
  }

  @Override
  public Object visit(Void value) {
    return null;
  }
}
