package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Quoted;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;

/**
 * Where a walk through a batch is: the batch's number and the path of fields, for messages.
 *
 * <p>For one thread.
 */
final class Place {
  private final Deque<FieldLayout> path = new ArrayDeque<>();
  private String batch = "";

  /** Begins a walk through the batch that messages call {@code batch}. */
  void begin(String batch) {
    this.batch = batch;
    path.clear();
  }

  void enter(FieldLayout field) {
    path.push(field);
  }

  void leave() {
    path.pop();
  }

  /** What is wrong here, to be thrown. */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  InvalidDataException refused(String what, Object... values) {
    return new InvalidDataException(batch + column() + ": " + what.formatted(values));
  }

  private String column() {
    if (path.isEmpty()) {
      return "";
    }
    var names = path.reversed().stream().map(FieldLayout::name).collect(Collectors.joining("."));
    return ", column " + Quoted.of(names);
  }
}
