package dev.hangar.store.catalog;

import dev.hangar.store.StorageException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A catalog in any database that speaks JDBC: one connection, one transaction at a time.
 * Thread-safe.
 *
 * <p>After a failure that leaves open what is on disk nothing more is written: who repeats a failed
 * sync may be told that all is well when it is not. Opening the database anew finds out.
 */
final class JdbcCatalog implements AutoCloseable {
  /** What runs in a transaction. */
  interface Work<T> {
    T run() throws SQLException;
  }

  /** What needs the connection for itself. */
  interface Alone {
    void run(Connection connection) throws SQLException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Connection connection;
  private final Statements statements;
  private final Failures failures;
  private final String name;
  private @Nullable StorageException broken;

  /**
   * Takes ownership of {@code connection}.
   *
   * @param name what the database is called in a sentence
   */
  JdbcCatalog(Connection connection, Failures failures, String name) throws SQLException {
    this.connection = connection;
    this.failures = failures;
    this.name = name;
    connection.setAutoCommit(false);
    statements = new Statements(connection);
  }

  /** Brings the database to the newest format. */
  void migrate() {
    transaction("read", new Migrations(connection, statements, name)::run);
  }

  /** All there is, with {@code damages} added. */
  Contents load(List<String> damages) {
    return query("read", () -> new ContentsReader(statements, damages).read());
  }

  void apply(List<Edit> edits) {
    transaction("written", () -> new EditWriter(statements).write(edits));
  }

  /** Runs {@code work} while nothing else runs, in no transaction. */
  void exclusively(Failures failures, Alone work) {
    lock.lock();
    try {
      connection.setAutoCommit(true);
      try {
        work.run(connection);
      } finally {
        connection.setAutoCommit(false);
      }
    } catch (SQLException e) {
      throw failures.of("written", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw failures.of("closed", e);
    } finally {
      lock.unlock();
    }
  }

  private interface Writing {
    void run() throws SQLException;
  }

  private void transaction(String doing, Writing writing) {
    lock.lock();
    try {
      refuseIfBroken();
      query(
          doing,
          () -> {
            writing.run();
            connection.commit();
            return doing;
          });
    } catch (StorageException e) {
      if (e.remedy() == StorageException.Remedy.RESTART) {
        broken = e;
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void refuseIfBroken() {
    if (broken != null) {
      throw new StorageException(
          name
              + " takes no more writes since one failed: look after its disk, then start the server"
              + " anew",
          broken.remedy(),
          broken);
    }
  }

  /** Runs work whose transaction is rolled back if it has not been committed. */
  private <T> T query(String doing, Work<T> work) {
    lock.lock();
    try {
      T result = work.run();
      connection.rollback();
      return result;
    } catch (SQLException e) {
      RuntimeException failure = failures.of(doing, e);
      rollback(failure);
      throw failure;
    } catch (RuntimeException e) {
      rollback(e);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void rollback(RuntimeException failure) {
    try {
      statements.forget();
      failures.rollback(connection);
    } catch (SQLException e) {
      failure.addSuppressed(e);
      broken =
          new StorageException(
              name + " is in an unknown state: start the server anew",
              StorageException.Remedy.RESTART,
              failure);
    }
  }
}
