package dev.hangar.query.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.sql.SqlCommand;
import dev.hangar.query.sql.SqlException;
import dev.hangar.query.sql.SqlException.Kind;
import dev.hangar.query.sql.SqlTestTables;
import dev.hangar.store.TableName;
import dev.hangar.store.local.LocalStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often statements run, counted. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ResultsTest {
  private static final String SUM = "SELECT sum(a) FROM t";
  private static final String ALL = "SELECT a FROM t";
  private static final String ENDLESS = "SELECT i, i + 1 AS j FROM range(1000000000000000) r(i)";
  private static final String LARGE = "SELECT i, i + 1 AS j FROM range(10000000) r(i)";
  private static final long KEPT_BYTES = 8L << 20;

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong mostBytes = new AtomicLong();
  private SqlTestTables tables;
  private LocalStore kept;
  private Results results;

  @BeforeEach
  void fill() throws Exception {
    tables = new SqlTestTables();
    tables.create("t", "SELECT i AS a FROM range(1000) r(i)");
    kept = LocalStore.cache(now::get);
    results = new Results(tables.engine, kept, this::allocate, KEPT_BYTES * Limits.KEPT_SHARE);
  }

  @AfterEach
  void everythingIsGivenBack() {
    results.close();
    kept.close();
    tables.close();
    await(() -> bytes.get() == 0);
  }

  private BodyMemory.Room allocate(int length) {
    long used = bytes.addAndGet(length);
    mostBytes.accumulateAndGet(used, Math::max);
    return new BodyMemory.Room(ByteBuffer.allocateDirect(length), () -> bytes.addAndGet(-length));
  }

  @Test
  void anAnswerIsComputedOnceAndThenKept() {
    read(SUM);
    awaitKept(SUM);
    assertThat(open(SUM)).isInstanceOf(Result.Kept.class).satisfies(Result::close);
    read("select  SUM(a) /* the same */ from t;");
    assertThat(results.runs()).isEqualTo(1);
  }

  @Test
  void whatTablesBecomeMakesAnswersUnreachable() throws Exception {
    assertThat(rowsTwice()).isEqualTo(1000);
    tables.append("t", "SELECT i AS a FROM range(5) r(i)");
    assertThat(rowsTwice()).isEqualTo(1005);
    tables.create("t", "SELECT i AS a FROM range(7) r(i)");
    assertThat(rowsTwice()).isEqualTo(7);
    for (int rows = 1; rows < 5; rows++) {
      tables.store.drop(TableName.parse("t"));
      assertThatThrownBy(() -> read(ALL)).hasMessageContaining("\"t\"");
      tables.create("t", "SELECT i AS a FROM range(" + rows + ") r(i)");
      assertThat(rowsTwice()).as("of a new table with an old name").isEqualTo(rows);
    }
    assertThat(results.runs()).isEqualTo(7);
  }

  /** Rows of the table's answer, computed and then kept. */
  private long rowsTwice() {
    long rows = read(ALL);
    awaitKept(ALL);
    assertThat(read(ALL)).isEqualTo(rows);
    return rows;
  }

  @Test
  void otherValuesAreOtherStatements() {
    for (int round = 0; round < 2; round++) {
      for (long value : new long[] {1, 2}) {
        SqlCommand command = SqlCommand.of("SELECT count(*) FROM t WHERE a < ?");
        read(command.withParameters(List.of(value)));
        await(() -> isKept(command.withParameters(List.of(value))));
      }
    }
    assertThat(results.runs()).isEqualTo(2);
  }

  @Test
  void whoSaysNoToTheCacheAndWhatChangesByItselfIsRunEachTime() {
    read(new SqlCommand(SUM, Map.of(), null, false));
    read(new SqlCommand(SUM, Map.of(), null, false));
    assertThat(results.runs()).isEqualTo(2);
    for (String sql :
        List.of(
            "SELECT random()",
            "SELECT now()",
            "SELECT current_date",
            "SELECT uuid()",
            "SELECT * FROM t USING SAMPLE 10",
            "SELECT (SELECT max(random()) FROM t)")) {
      long before = results.runs();
      read(sql);
      read(sql);
      assertThat(results.runs()).as(sql).isEqualTo(before + 2);
    }
  }

  @Test
  void answersAreGivenUpWhenTheirTimeIsOverOrMemoryIsShort() {
    readAndKeep(SUM);
    now.set(now.get().plus(Limits.KEPT_TIME).plusSeconds(1));
    await(() -> !isKept(SqlCommand.of(SUM)));
    readAndKeep(SUM);
    assertThat(results.runs()).isEqualTo(2);
    kept.reclaim(Long.MAX_VALUE);
    readAndKeep(SUM);
    assertThat(results.runs()).isEqualTo(3);
  }

  @Test
  void tenAtOnceRunItOnce() throws Exception {
    String sql = "SELECT sum(hash(i)) FROM range(20000000) r(i)";
    var begin = new CountDownLatch(1);
    try (ExecutorService clients = Executors.newFixedThreadPool(10)) {
      var answers = new ArrayList<Future<Long>>();
      for (int i = 0; i < 10; i++) {
        answers.add(
            clients.submit(() -> {
              begin.await();
              return read(sql);
            }));
      }
      begin.countDown();
      for (Future<Long> answer : answers) {
        assertThat(answer.get(2, TimeUnit.MINUTES)).isEqualTo(1);
      }
    }
    assertThat(results.runs()).isEqualTo(1);
  }

  @Test
  void whatIsBeingKeptWhenAllEndsIsGivenBackOnce() throws Exception {
    for (int i = 0; i < 200; i++) {
      var others = LocalStore.cache(now::get);
      var ending =
          new Results(tables.engine, others, this::allocate, KEPT_BYTES * Limits.KEPT_SHARE);
      try (var answer = (Result.Coming) ending.open(prepare(SqlCommand.of(ALL)))) {
        while (take(answer).rows() > 0) {}
      }
      ending.close();
      others.close();
      await(() -> bytes.get() == 0);
    }
  }

  @Test
  void aSlowReaderHoldsALargeAnswerInBoundedMemory() {
    var slow = (Result.Coming) open(LARGE);
    try (var quick = (Result.Coming) open(LARGE)) {
      assertThat(results.runs()).isEqualTo(1);
      long rows = take(quick).rows();
      rows += take(quick).rows();
      take(slow);
      slow.close();
      for (long more; (more = take(quick).rows()) > 0; rows += more) {}
      assertThat(rows).isEqualTo(10_000_000);
    }
    assertThat(mostBytes.get()).isLessThan(Limits.WINDOW_BYTES + KEPT_BYTES + (32 << 20));
  }

  @Test
  void whoLeavesStopsARunThatNobodyElseWants() {
    var first = (Result.Coming) open(ENDLESS);
    var second = (Result.Coming) open(ENDLESS);
    take(first);
    first.close();
    assertThat(take(second).rows()).isPositive();
    assertThat(tables.reserved()).isPositive();
    second.close();
    await(() -> tables.reserved() == 0 && bytes.get() == 0);
  }

  @Test
  void aFailureIsToldToAllWhoWait() {
    var readers = new ArrayList<Result>();
    for (int i = 0; i < 5; i++) {
      readers.add(open("SELECT error('no ' || sum(hash(i))) FROM range(3000000) r(i)"));
    }
    for (Result reader : readers) {
      assertThatThrownBy(() -> take((Result.Coming) reader))
          .isInstanceOf(SqlException.class)
          .hasMessageContaining("no ");
      reader.close();
    }
  }

  @Test
  void theTimeThatIsOverIsToldAlsoWhileDuckDbDoesNotListen() {
    String a = "SELECT levenshtein(repeat('a', 60000), repeat('b', 60000) || a) FROM t LIMIT 1";
    try (Result result =
        results.open(prepare(new SqlCommand(a, Map.of(), Duration.ofMillis(300), true)))) {
      assertThatThrownBy(() -> take((Result.Coming) result))
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMED_OUT));
      assertThat(tables.reserved()).as("it still runs").isPositive();
    }
    await(() -> tables.reserved() == 0);
  }

  @Test
  void closingEndsWhatRuns() {
    try (var coming = (Result.Coming) open(ENDLESS)) {
      take(coming);
      results.close();
      assertThatThrownBy(() -> drain(coming)).isInstanceOf(SqlException.class);
    }
    assertThat(tables.reserved()).isZero();
  }

  @Test
  void manyAskManyThingsWhileTablesChange() throws Exception {
    long end =
        System.nanoTime() + TimeUnit.SECONDS.toNanos(Boolean.getBoolean("hangar.long") ? 20 : 4);
    List<String> statements =
        List.of(
            SUM,
            "SELECT * FROM t",
            "SELECT count(*) FROM t x, t y",
            LARGE,
            "SELECT random() FROM t");
    try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
      var all = new ArrayList<Future<?>>();
      for (int i = 0; i < 16; i++) {
        int client = i;
        all.add(clients.submit(() -> ask(statements, client, end)));
      }
      for (int i = 1; System.nanoTime() < end; i++) {
        tables.create("t", "SELECT i + " + i + " AS a FROM range(1000) r(i)");
      }
      for (Future<?> one : all) {
        one.get(2, TimeUnit.MINUTES);
      }
    }
  }

  private void ask(List<String> statements, int client, long end) {
    for (int i = client; System.nanoTime() < end; i++) {
      try (Result result = open(statements.get(i % statements.size()))) {
        if (result instanceof Result.Coming coming) {
          take(coming);
          if (i % 3 > 0) {
            drain(coming);
          }
        }
      } catch (SqlException e) {
        assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.BUSY);
      }
    }
  }

  private long read(String sql) {
    return read(SqlCommand.of(sql));
  }

  /** Reads an answer, and how many rows it has. */
  private long read(SqlCommand command) {
    try (Result result = results.open(prepare(command))) {
      return switch (result) {
        case Result.Kept there -> there.version().rows();
        case Result.Coming coming -> drain(coming);
      };
    }
  }

  private static long drain(Result.Coming coming) {
    long rows = 0;
    for (long more; (more = take(coming).rows()) > 0; rows += more) {}
    return rows;
  }

  private record Taken(long rows) {}

  private static Taken take(Result.Coming coming) {
    BatchSource.@Nullable Loan loan = coming.next(() -> false);
    if (loan == null) {
      return new Taken(0);
    }
    loan.giveBack().run();
    return new Taken(loan.batch().rows());
  }

  private void readAndKeep(String sql) {
    read(sql);
    awaitKept(sql);
  }

  private void awaitKept(String sql) {
    await(() -> isKept(SqlCommand.of(sql)));
  }

  private boolean isKept(SqlCommand command) {
    try (var query = prepare(command)) {
      var version = results.kept(query);
      version.ifPresent(there -> there.close());
      return version.isPresent();
    }
  }

  private Result open(String sql) {
    return results.open(prepare(SqlCommand.of(sql)));
  }

  private dev.hangar.query.sql.PreparedQuery prepare(SqlCommand command) {
    return tables.engine.prepare(command, tables::open);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it takes too long").isLessThan(end);
      Thread.onSpinWait();
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
