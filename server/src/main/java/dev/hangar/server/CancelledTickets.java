package dev.hangar.server;

import java.util.LinkedHashSet;

/** The numbers of tickets that were cancelled; the earliest are forgotten first. Thread-safe. */
final class CancelledTickets {
  private final LinkedHashSet<Long> tickets = new LinkedHashSet<>();

  /** Whether it was not there already. */
  synchronized boolean add(long ticket) {
    if (tickets.size() == Limits.CANCELLED_TICKETS && !tickets.contains(ticket)) {
      tickets.removeFirst();
    }
    return tickets.add(ticket);
  }

  synchronized boolean contains(long ticket) {
    return tickets.contains(ticket);
  }
}
