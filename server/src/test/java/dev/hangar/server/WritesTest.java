package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.client.PutOptions;
import dev.hangar.client.PutOptions.Mode;
import dev.hangar.client.VersionInfo;
import dev.hangar.store.Durability;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an upload can say of how it is written, to a server with tables on disk or in memory. */
@ParameterizedClass
@EnumSource(Durability.class)
@Timeout(120)
class WritesTest {
  private static final PutOptions PLAIN = PutOptions.DEFAULT;

  private final Durability durability;

  @TempDir private Path folder;
  private Asked asked;

  WritesTest(Durability durability) {
    this.durability = durability;
  }

  @BeforeEach
  void start() throws Exception {
    asked =
        new Asked(
            ServerConfig.defaults()
                .withMemoryBytes(64 << 20)
                .withData(folder.resolve("data"))
                .withDurability(durability));
  }

  @AfterEach
  void stop() {
    asked.close();
  }

  @Test
  void putsAreAnsweredWithTheVersion() throws Exception {
    assertThat(asked.version("t", PLAIN, 1)).isEqualTo(1);
    assertThat(asked.version("t", PLAIN, 2)).isEqualTo(2);
    Metadata said = asked.put(FlightDescriptor.path("t"), Metadata.EMPTY, 3);
    assertThat(said.text("hangar-version")).contains("3");
    assertThat(asked.numbers("t")).containsExactly(3L);
  }

  @Test
  void appendedRowsComeBehindThoseThere() throws Exception {
    asked.put("t", PLAIN, 1, 2);
    assertThat(asked.version("t", PLAIN.mode(Mode.APPEND), 3)).isEqualTo(2);
    assertThat(asked.numbers("t")).containsExactly(1L, 2L, 3L);
    assertThat(asked.hangar.info("t").rows()).isEqualTo(3);
    VersionInfo now = asked.hangar.versions("t").get(0);
    assertThat(now.parts()).isEqualTo(2);
    assertThat(now.durability().name()).isEqualTo(durability.name());
  }

  @Test
  void tablesThatAreThereAreNotCreated() throws Exception {
    asked.put("t", PLAIN.mode(Mode.CREATE), 1);
    assertThat(
            failureOf(StatusCode.ALREADY_EXISTS, () -> asked.put("t", PLAIN.mode(Mode.CREATE), 2)))
        .hasMessageContaining("there is a table \"t\" already, at version 1");
    assertThat(asked.numbers("t")).containsExactly(1L);
  }

  @Test
  void conditionsThatDoNotHoldAreConflicts() throws Exception {
    asked.put("t", PLAIN.ifVersion(0), 1);
    StatusException failure =
        failureOf(StatusCode.ABORTED, () -> asked.put("t", PLAIN.ifVersion(0), 2));
    assertThat(failure).hasMessageContaining("at version 1, and the write was for a new table");
    assertThat(failure.detail().orElseThrow().version()).hasValue(1);
    assertThat(asked.version("t", PLAIN.ifVersion(1), 2)).isEqualTo(2);
    failureOf(StatusCode.ABORTED, () -> asked.put("t", PLAIN.ifVersion(1), 3));
    assertThat(asked.numbers("t")).containsExactly(2L);
  }

  @Test
  void aRepeatedPutIsTheSameOne() throws Exception {
    PutOptions once = PLAIN.mode(Mode.APPEND).idempotencyKey("once");
    assertThat(asked.version("t", once, 1)).isEqualTo(1);
    assertThat(asked.version("t", once, 1)).isEqualTo(1);
    assertThat(asked.numbers("t")).containsExactly(1L);
    assertThat(asked.version("t", once.idempotencyKey("twice"), 1)).isEqualTo(2);
  }

  @Test
  void keptVersionsAreReadByTheirNumber() throws Exception {
    for (long number = 1; number <= 4; number++) {
      asked.put("a/t", PLAIN.keepVersions(2), number);
    }
    assertThat(asked.numbers("a/t@4")).containsExactly(4L);
    assertThat(asked.numbers("a/t@2")).containsExactly(2L);
    assertThat(asked.numbers(Ticket.of("a/t@3"), CallOptions.NONE)).containsExactly(3L);
    assertThat(asked.numbers(Ticket.of("{\"get\": \"a/t@3\"}"), CallOptions.NONE))
        .containsExactly(3L);
    assertThat(asked.hangar.info("a/t@2").rows()).isEqualTo(1);
    assertThat(asked.hangar.versions("a/t").stream().map(VersionInfo::version))
        .containsExactly(4L, 3L, 2L);
    assertThat(failureOf(StatusCode.NOT_FOUND, () -> asked.numbers("a/t@1")))
        .hasMessageContaining("version 1, now 4");
    failureOf(StatusCode.NOT_FOUND, () -> asked.numbers("a/t@5"));
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.put("a/t@4", PLAIN, 9));
  }

  @Test
  void tablesGoWhenTheirTimeIsOver() throws Exception {
    asked.put("t", PLAIN.timeToLive(Duration.ofMillis(300)), 1);
    asked.put("stays", PLAIN.timeToLive(Duration.ofHours(1)), 1);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (asked.hangar.list().size() > 1) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
    failureOf(StatusCode.NOT_FOUND, () -> asked.numbers("t"));
    VersionInfo stays = asked.hangar.versions("stays").get(0);
    assertThat(Duration.between(stays.created(), stays.expires())).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void writersChooseWhereTheirTableLives() {
    asked.put("disk", PLAIN.durability(PutOptions.Durability.DISK), 1);
    asked.put("memory", PLAIN.durability(PutOptions.Durability.MEMORY), 1);
    assertThat(asked.hangar.versions("disk").get(0).durability())
        .isEqualTo(PutOptions.Durability.DISK);
    assertThat(asked.hangar.versions("memory").get(0).durability())
        .isEqualTo(PutOptions.Durability.MEMORY);
  }

  @Test
  void downloadsGoOnBehindWhatTheClientHas() {
    asked.put(FlightDescriptor.path("t"), Metadata.EMPTY, 1, 2, 3);
    asked.put(FlightDescriptor.path("t"), Metadata.of("hangar-mode", "append"), 4, 5);
    Ticket ticket =
        asked
            .raw
            .getFlightInfo(FlightDescriptor.path("t"), CallOptions.NONE)
            .endpoints()
            .get(0)
            .ticket();
    assertThat(asked.numbers(ticket, skip(0))).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(asked.numbers(ticket, skip(2))).containsExactly(3L, 4L, 5L);
    assertThat(asked.numbers(ticket, skip(4))).containsExactly(5L);
    assertThat(asked.numbers(ticket, skip(5))).isEmpty();
    assertThat(failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.numbers(ticket, skip(6))))
        .hasMessageContaining("6 is more than the 5 record batches");
  }

  private static CallOptions skip(long batches) {
    return CallOptions.NONE.header("hangar-skip-batches", Long.toString(batches));
  }
}
