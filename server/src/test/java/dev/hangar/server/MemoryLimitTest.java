package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.client.Hangar;
import dev.hangar.client.HangarOptions;
import dev.hangar.client.MemoryInfo;
import dev.hangar.client.PutOptions;
import dev.hangar.client.PutOptions.Durability;
import dev.hangar.client.RetryPolicy;
import dev.hangar.client.TableInfo;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.RetryAdvice;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of tables in memory at its limit, and what is told of it. */
@Timeout(120)
class MemoryLimitTest {
  private static final int LIMIT_BYTES = 16 << 20;

  /** Four of these fit, five do not. */
  private static final int NUMBERS = 400_000;

  private static final PutOptions IN_MEMORY = PutOptions.DEFAULT.durability(Durability.MEMORY);

  @TempDir private Path folder;

  @Test
  void theTablesReadLongestAgoGoWhereThereIsADirectory() throws IOException {
    try (var asked = new Asked(config().withData(folder.resolve("data")))) {
      put(asked, "kept", PutOptions.DEFAULT);
      for (int table = 0; table < 4; table++) {
        put(asked, "cache/" + table, IN_MEMORY);
      }
      assertThat(asked.numbers("cache/0")).hasSize(NUMBERS);
      for (int table = 4; table < 12; table++) {
        put(asked, "cache/" + table, IN_MEMORY);
        assertThat(names(asked)).contains("kept", "cache/" + table);
        assertThat(names(asked).contains("cache/0"))
            .as("it was read after 1 to 3 were written, with table " + table)
            .isEqualTo(table < 7);
      }
      failureOf(StatusCode.NOT_FOUND, () -> asked.numbers("cache/1"));
      assertThat(asked.numbers("kept")).hasSize(NUMBERS);
      assertThat(asked.hangar.memory().used()).isLessThanOrEqualTo(LIMIT_BYTES);
    }
  }

  @Test
  void whatIsReadIsNotTakenAway() throws IOException {
    try (var asked = new Asked(config().withData(folder.resolve("data")))) {
      put(asked, "read", IN_MEMORY);
      try (var reader = asked.hangar.get("read")) {
        assertThat(reader.loadNextBatch()).isTrue();
        for (int table = 0; table < 8; table++) {
          put(asked, "cache/" + table, IN_MEMORY);
        }
        assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(NUMBERS);
      }
    }
  }

  @Test
  void withoutADirectoryWhatDoesNotFitIsRefusedForNow() throws IOException {
    try (var asked = new Asked(config());
        var once =
            Hangar.connect(asked.server.url(), HangarOptions.DEFAULT.retry(RetryPolicy.NONE))) {
      for (int table = 0; table < 4; table++) {
        put(asked, "t/" + table, PutOptions.DEFAULT);
      }
      StatusException refused =
          failureOf(
              StatusCode.RESOURCE_EXHAUSTED,
              () -> {
                try (var reader = asked.hangar.get("t/0")) {
                  once.put("t/4", reader);
                }
              });
      assertThat(refused.detail().orElseThrow().retry()).isEqualTo(RetryAdvice.AFTER);
      assertThat(refused.detail().orElseThrow().retryAfter()).isPositive();
      assertThat(names(asked)).containsExactly("t/0", "t/1", "t/2", "t/3");
      asked.hangar.drop("t/1");
      put(asked, "t/4", PutOptions.DEFAULT);
    }
  }

  @Test
  void aStatementTakesWhatOnlyWaitsForReuse() throws IOException {
    try (var asked = new Asked(config().withMemoryBytes(2 * Limits.STATEMENT_BYTES))) {
      for (int table = 0; table < 26; table++) {
        put(asked, "t/" + table, PutOptions.DEFAULT);
      }
      for (int table = 0; table < 26; table++) {
        asked.hangar.drop("t/" + table);
      }
      assertThat(asked.hangar.memory().waiting()).isGreaterThan(Limits.STATEMENT_BYTES);
      var sum = new Ticket(ByteString.copyFromUtf8("{\"sql\": \"SELECT sum(5)::BIGINT\"}"));
      assertThat(asked.numbers(sum, CallOptions.NONE)).containsExactly(5L);
    }
  }

  @Test
  void memoryGoesWithATablesTime() throws Exception {
    try (var asked = new Asked(config())) {
      put(asked, "t", PutOptions.DEFAULT.timeToLive(Duration.ofMillis(300)));
      assertThat(asked.hangar.memory().tables()).isEqualTo(bytes(asked, "t"));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (asked.hangar.memory().tables() > 0) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(20);
      }
    }
  }

  @Test
  void theMemoryIsAccountedFor() throws IOException {
    try (var asked = new Asked(config().withData(folder.resolve("data")))) {
      put(asked, "small", IN_MEMORY.keepVersions(1), 10);
      put(asked, "large", IN_MEMORY);
      put(asked, "disk", PutOptions.DEFAULT);
      assertThat(asked.numbers("disk")).hasSize(NUMBERS);
      MemoryInfo memory = asked.hangar.memory();
      assertThat(memory.limit()).isEqualTo(LIMIT_BYTES);
      assertThat(memory.largest().stream().map(MemoryInfo.TableMemory::table))
          .containsExactly("large", "small");
      assertThat(memory.tables()).isEqualTo(bytes(asked, "large") + bytes(asked, "small"));
      assertThat(memory.waiting()).as("the body of the table on disk").isPositive();
      assertThat(memory.used())
          .isEqualTo(memory.tables() + memory.results() + memory.inFlight() + memory.waiting());
      assertThat(memory.inFlight()).as("rounding").isLessThan(memory.tables() / 8 + 4_096);
      assertThat(memory.mapped()).isEqualTo(bytes(asked, "disk"));
      assertThat(memory.heapUsed()).isBetween(1L, 10_000L);
      put(asked, "small", IN_MEMORY.keepVersions(1), 20);
      assertThat(asked.hangar.memory().tables())
          .as("what is kept counts too")
          .isGreaterThan(bytes(asked, "large") + bytes(asked, "small"));
      assertThat(asked.perform("memory", "")).startsWith("{\"limit\":16777216,\"used\":");
    }
  }

  private static ServerConfig config() {
    return ServerConfig.defaults().withMemoryBytes(LIMIT_BYTES);
  }

  private static void put(Asked asked, String name, PutOptions how) {
    put(asked, name, how, NUMBERS);
  }

  private static void put(Asked asked, String name, PutOptions how, int numbers) {
    asked.put(name, how, new long[numbers]);
  }

  private static long bytes(Asked asked, String name) {
    long bytes = asked.hangar.info(name).bytes();
    assertThat(bytes).isPositive();
    return bytes;
  }

  private static List<String> names(Asked asked) {
    return asked.hangar.list().stream().map(TableInfo::name).toList();
  }
}
