package dev.hangar.store.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

@Timeout(120)
class FailingCatalogTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("catalog.db");
  }

  @Test
  void emptyFileIsANewCatalog() throws Exception {
    Files.createFile(file);
    try (var catalog = SqliteCatalog.open(file)) {
      catalog.apply(Samples.tables(2));
    }
    try (var catalog = SqliteCatalog.open(file)) {
      assertThat(catalog.load().tables()).hasSize(2);
    }
  }

  @Test
  void cutFileIsNotTakenForANewCatalog() throws Exception {
    try (var catalog = SqliteCatalog.open(file)) {
      catalog.apply(Samples.tables(2));
    }
    byte[] whole = Files.readAllBytes(file);
    for (int bytes : new int[] {1, 99, 100, 511, 512, 4095, 4096, whole.length - 4096}) {
      Files.write(file, Arrays.copyOf(whole, bytes));
      assertThat(refusal()).as("%d bytes", bytes).hasMessageContaining(file + " is damaged");
    }
  }

  @Test
  void newerFormatIsRefused() throws Exception {
    SqliteCatalog.open(file).close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var save = connection.prepareStatement(RowKinds.META.save)) {
      RowKinds.META.bind(new RowKinds.Meta(Format.FORMAT, Format.NEWEST + 1), save);
      assertThat(save.executeUpdate()).isEqualTo(1);
    }
    StorageException refusal = refusal();
    assertThat(refusal)
        .hasMessage(
            "the catalog %s was written by a newer Hangar (format 2; this one reads up to 1): start"
                + " that one",
            file);
    assertThat(refusal.remedy()).isEqualTo(Remedy.CONFIGURATION);
  }

  @Test
  void randomBytesAreNoCatalog() throws Exception {
    byte[] bytes = new byte[20_000];
    new Random(1).nextBytes(bytes);
    Files.write(file, bytes);
    assertThat(refusal()).hasMessageContaining(file.toString()).hasMessageContaining("backup");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void otherProgramsDatabaseIsNoCatalog() throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE albums (title TEXT)");
    }
    StorageException refusal = refusal();
    assertThat(refusal).hasMessageContaining(file + " is not a catalog of Hangar's");
    assertThat(refusal.remedy()).isEqualTo(Remedy.CONFIGURATION);
  }

  @Test
  void directoryIsNoCatalog() throws Exception {
    Files.createDirectory(file);
    StorageException refusal = refusal();
    assertThat(refusal).hasMessageContaining(file + " can't be opened (SQLITE_CANTOPEN");
    assertThat(refusal.remedy()).isEqualTo(Remedy.CONFIGURATION);
  }

  @Test
  void missingDirectoryIsNamed() {
    file = directory.resolve("none").resolve("catalog.db");
    StorageException refusal = refusal();
    assertThat(refusal).hasMessageContaining(file.toString());
    assertThat(refusal.remedy()).isEqualTo(Remedy.CONFIGURATION);
  }

  @Test
  void fullDatabaseRefusesAndGoesOn() {
    try (var catalog = SqliteCatalog.open(file, "PRAGMA max_page_count = 60")) {
      catalog.apply(Samples.tables(20));
      List<String> before = Samples.lines(catalog.load());
      StorageException refusal =
          catchThrowableOfType(
              StorageException.class,
              () -> catalog.apply(Samples.tables(5_000).subList(80, 20_000)));
      assertThat(refusal).hasMessageContaining("make room and try again");
      assertThat(refusal.remedy()).isEqualTo(Remedy.ROOM);
      assertThat(Samples.lines(catalog.load())).isEqualTo(before);
      catalog.apply(Samples.put(1, 1, 90));
      assertThat(catalog.load().damages()).isEmpty();
    }
  }

  @Test
  void failedCommitIsNeverRepeated() throws Exception {
    var failing = new AtomicBoolean();
    Connection connection = failing(DriverManager.getConnection("jdbc:sqlite:" + file), failing);
    var failures = new SqliteFailures("the catalog " + file, file);
    try (var catalog = new JdbcCatalog(connection, failures, "the catalog " + file)) {
      catalog.migrate();
      catalog.apply(Samples.put(1, 0, 1));
      failing.set(true);
      assertRestart(catalog, "look after its disk");
      failing.set(false);
      assertRestart(catalog, "takes no more writes");
      assertThat(catalog.load(List.of()).tables()).containsExactly(Samples.table(1, 1));
    }
    try (var catalog = SqliteCatalog.open(file)) {
      catalog.apply(Samples.put(1, 1, 2));
    }
  }

  @Test
  void backupDoesNotReplaceAFile() throws Exception {
    Path backup = Files.writeString(directory.resolve("backup.db"), "mine");
    try (var catalog = SqliteCatalog.open(file)) {
      assertThatThrownBy(() -> catalog.backupTo(backup))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(backup + " is there already");
      Path nowhere = directory.resolve("none").resolve("backup.db");
      assertThatThrownBy(() -> catalog.backupTo(nowhere))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(nowhere.toString());
    }
    assertThat(backup).hasContent("mine");
  }

  private static void assertRestart(JdbcCatalog catalog, String advice) {
    StorageException refusal =
        catchThrowableOfType(StorageException.class, () -> catalog.apply(Samples.put(1, 1, 2)));
    assertThat(refusal).hasMessageContaining(advice);
    assertThat(refusal.remedy()).isEqualTo(Remedy.RESTART);
  }

  private StorageException refusal() {
    return catchThrowableOfType(StorageException.class, () -> SqliteCatalog.open(file).close());
  }

  /** A connection whose commits fail, like those on a disk that can't sync, while told to. */
  private static Connection failing(Connection connection, AtomicBoolean failing) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, values) -> {
              if (failing.get() && method.getName().equals("commit")) {
                throw new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_FSYNC);
              }
              try {
                return method.invoke(connection, values);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
