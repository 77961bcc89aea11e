package dev.hangar.store.catalog;

import java.sql.Connection;
import java.sql.SQLException;

/** What the failures of one kind of database mean. */
interface Failures {
  /** The exception that says what failed while {@code doing}, and what to do. */
  RuntimeException of(String doing, SQLException failure);

  /** Ends a transaction in which something failed. */
  void rollback(Connection connection) throws SQLException;
}
