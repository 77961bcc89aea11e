package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.client.PutOptions.Mode;
import dev.hangar.query.dataset.Mount;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What would go in parts, put under the name of a file in a server's folder. */
@Timeout(240)
class FilePutTest {
  private static final int PART_BYTES = 64 << 10;
  private static final int BATCHES = 100;
  private static final Progress NOBODY = (rows, bytes) -> {};

  private final RootAllocator allocator = new RootAllocator();

  @TempDir private Path folder;
  private HangarServer server;
  private Hangar hangar;

  @BeforeEach
  void start() throws IOException {
    var config =
        ServerConfig.defaults()
            .withPort(0)
            .withMemoryBytes(256 << 20)
            .withDatasets(List.of(Mount.parse(folder.toString())));
    server = HangarServer.start(config, line -> {});
    hangar =
        new Hangar(
            server.url(),
            HangarOptions.DEFAULT,
            allocator,
            false,
            Time.SYSTEM,
            Math::random,
            PART_BYTES);
  }

  @AfterEach
  void nothingIsLeftBehind() {
    hangar.close();
    assertThat(hangar.bodyBytes()).isZero();
    server.close();
    assertThat(server.bodyBytes()).isZero();
    allocator.close();
  }

  @Test
  void largeFilesAreOnePut() throws IOException {
    var told = new AtomicLong();
    var sent =
        hangar.put(
            "a/t.parquet",
            Rows.source(allocator, BATCHES),
            (rows, bytes) -> told.set(rows),
            PutOptions.DEFAULT);
    assertThat(sent.parts()).isEqualTo(1);
    assertThat(sent.version()).isEmpty();
    assertThat(sent.rows()).isEqualTo((long) BATCHES * Rows.BATCH_ROWS).isEqualTo(told.get());
    assertThat(folder.resolve("a/t.parquet")).isRegularFile();
    try (var file = hangar.get("a/t.parquet")) {
      assertThat(Rows.areAll(file, BATCHES)).isTrue();
    }
    assertThat(hangar.put("t", Rows.source(allocator, BATCHES)).parts()).isGreaterThan(10);
  }

  @Test
  void conditionsHoldForThemToo() {
    var create = PutOptions.DEFAULT.mode(Mode.CREATE);
    hangar.put("t.parquet", Rows.source(allocator, 1), NOBODY, create);
    assertThat(failure(create)).isEqualTo(StatusCode.ALREADY_EXISTS);
    assertThat(failure(PutOptions.DEFAULT.mode(Mode.APPEND)))
        .isEqualTo(StatusCode.INVALID_ARGUMENT);
  }

  private StatusCode failure(PutOptions how) {
    return catchThrowableOfType(
            StatusException.class,
            () -> hangar.put("t.parquet", Rows.source(allocator, BATCHES), NOBODY, how))
        .code();
  }
}
