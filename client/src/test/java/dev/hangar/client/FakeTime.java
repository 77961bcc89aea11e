package dev.hangar.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that passes only while somebody sleeps, and at once. Thread-safe. */
final class FakeTime implements Time {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  /** Every sleep there was. */
  final List<Duration> sleeps = new CopyOnWriteArrayList<>();

  @Override
  public long nanos() {
    return sleeps.stream().mapToLong(Duration::toNanos).sum();
  }

  @Override
  public Instant now() {
    return BEGIN.plusNanos(nanos());
  }

  @Override
  public void sleep(Duration pause) {
    sleeps.add(pause);
  }
}
