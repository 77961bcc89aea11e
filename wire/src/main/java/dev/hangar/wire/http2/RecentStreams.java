package dev.hangar.wire.http2;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** The numbers of the last few streams that something happened to. Event loop only. */
final class RecentStreams {
  private final int kept;
  private final ArrayDeque<Integer> order = new ArrayDeque<>();
  private final Set<Integer> ids = new HashSet<>();

  /** Keeps the last {@code kept}. */
  RecentStreams(int kept) {
    this.kept = kept;
  }

  void add(int streamId) {
    if (ids.add(streamId)) {
      order.add(streamId);
      if (order.size() > kept) {
        ids.remove(order.remove());
      }
    }
  }

  boolean contains(int streamId) {
    return ids.contains(streamId);
  }
}
