package dev.hangar.query.result;

import dev.hangar.query.sql.SqlException;
import dev.hangar.query.sql.SqlException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers that are computed before anybody reads them, because somebody asks now and then how far
 * they are. One that nobody asks for is given up after a while. Thread-safe.
 */
public final class HeldResults implements AutoCloseable {
  private record Held(Result.Coming answer, long askedNanos) {}

  private final Map<Long, Held> held = new HashMap<>();

  HeldResults() {}

  /**
   * Holds an answer under a number, until somebody takes it.
   *
   * @throws SqlException BUSY: too many are held; this one is closed
   */
  public synchronized void hold(long id, Result.Coming answer) {
    if (held.size() >= Limits.POLLED) {
      answer.close();
      throw new SqlException(
          Kind.BUSY, held.size() + " statements are polled here; try again in a moment");
    }
    held.put(id, new Held(answer, System.nanoTime()));
  }

  /** The answer under a number; it stays there. */
  public synchronized Optional<Result.Coming> ask(long id) {
    Held there = held.computeIfPresent(id, (_, old) -> new Held(old.answer(), System.nanoTime()));
    return Optional.ofNullable(there).map(Held::answer);
  }

  /** The answer under a number, which is the caller's to close. */
  public synchronized Optional<Result.Coming> take(long id) {
    return Optional.ofNullable(held.remove(id)).map(Held::answer);
  }

  /** Gives up those nobody has asked for lately. */
  void giveUpForgotten() {
    long now = System.nanoTime();
    List<Long> forgotten = new ArrayList<>();
    synchronized (this) {
      held.forEach((id, there) -> {
        if (now - there.askedNanos() > Limits.POLLED_TIME.toNanos()) {
          forgotten.add(id);
        }
      });
    }
    forgotten.forEach(id -> take(id).ifPresent(Result.Coming::close));
  }

  @Override
  public void close() {
    List<Long> all;
    synchronized (this) {
      all = List.copyOf(held.keySet());
    }
    all.forEach(id -> take(id).ifPresent(Result.Coming::close));
  }
}
