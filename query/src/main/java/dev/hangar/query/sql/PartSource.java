package dev.hangar.query.sql;

import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableVersion;

/** Where statements read the parts of stored tables. Thread-safe. */
@FunctionalInterface
public interface PartSource {
  /** Where the store has them. */
  PartSource STORE = (version, part) -> part.open();

  /**
   * A part's messages, by the same numbers as in the store.
   *
   * @param version it belongs to, leased by the caller
   * @return the caller's to close
   * @throws dev.hangar.store.DamagedPartException if the part is not what was stored
   */
  OpenPart open(TableVersion version, TablePart part);
}
