package dev.hangar.server;

import dev.hangar.store.TableName;

/** What a client asks to write. */
sealed interface Target {
  /** The next version of a table. */
  record Table(TableName name) implements Target {}

  /** One part of an upload in parts. */
  record Part(String upload, int number) implements Target {}
}
