package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are got again and again, over loopback. */
@Timeout(120)
class KeptFilesTest {
  private static final long MEMORY_BYTES = 64 << 20; // of which one file may have an eighth
  private static final CallOptions READ_ANEW = CallOptions.NONE.header("hangar-cache", "no");

  @TempDir Path folder;
  private Asked asked;

  @BeforeEach
  void start() throws IOException {
    asked = Asked.serving(folder, MEMORY_BYTES);
  }

  @AfterEach
  void stop() {
    asked.close();
  }

  @Test
  void theSecondReadingIsKeptAndTheThirdComesFromThere() throws Exception {
    Path file = copy("SELECT range AS n FROM range(5000)", "some.parquet");
    assertThat(numbers("some.parquet")).isEqualTo(numbersTo(5000));
    assertThat(kept()).as("kept of what was asked for once").isZero();
    assertThat(numbers("some.parquet")).isEqualTo(numbersTo(5000));
    assertThat(kept()).isBetween(5000 * 8L, 5000 * 10L);
    spoil(file);
    assertThat(numbers("some.parquet")).isEqualTo(numbersTo(5000));
    failureOf(StatusCode.DATA_LOSS, () -> asked.numbers(ticket("some.parquet"), READ_ANEW));
  }

  @Test
  void textFilesAndEndpointsAreKeptToo() throws Exception {
    Files.writeString(folder.resolve("some.csv"), "n\n1\n2\n3\n");
    for (int i = 0; i < 3; i++) {
      assertThat(asked.numbers("some.csv")).containsExactly(1L, 2L, 3L);
    }
    assertThat(kept()).isPositive();
  }

  @Test
  void aFileThatChangesIsReadAnew() throws Exception {
    for (int rows : List.of(10, 20, 30)) {
      copy("SELECT range AS n FROM range(" + rows + ")", "some.parquet");
      for (int i = 0; i < 3; i++) {
        assertThat(numbers("some.parquet")).isEqualTo(numbersTo(rows));
      }
    }
    Files.delete(folder.resolve("some.parquet"));
    failureOf(StatusCode.NOT_FOUND, () -> numbers("some.parquet"));
  }

  @Test
  void whoDoesNotWantItGetsNoneAndLeavesNone() throws Exception {
    copy("SELECT range AS n FROM range(5000)", "some.parquet");
    for (int i = 0; i < 3; i++) {
      assertThat(asked.numbers(ticket("some.parquet"), READ_ANEW)).isNotEmpty();
    }
    assertThat(kept()).isZero();
    var other = CallOptions.NONE.header("hangar-cache", "perhaps");
    assertThat(
            failureOf(
                StatusCode.INVALID_ARGUMENT, () -> asked.numbers(ticket("some.parquet"), other)))
        .hasMessageContaining("hangar-cache")
        .hasMessageContaining("perhaps");
  }

  @Test
  void whatIsLargerThanItsShareIsNotKept() throws Exception {
    copy("SELECT range AS n FROM range(2_000_000)", "large.parquet"); // 16 MB, of 8
    for (int i = 0; i < 3; i++) {
      assertThat(numbers("large.parquet")).hasSize(2_000_000);
    }
    assertThat(kept()).isZero();
  }

  @Test
  void aReaderWhoLeavesKeepsNothing() throws Exception {
    copy("SELECT range AS n FROM range(900_000)", "some.parquet");
    assertThat(numbers("some.parquet")).hasSize(900_000);
    try (var source = asked.raw.doGet(ticket("some.parquet"), CallOptions.NONE)) {
      source.next().close();
    }
    assertThat(numbers("some.parquet")).isEqualTo(numbersTo(900_000));
  }

  private static Ticket ticket(String name) {
    return new Ticket(ByteString.copyFromUtf8(name));
  }

  private long kept() {
    return asked.hangar.memory().results();
  }

  private List<Long> numbers(String name) throws IOException {
    return asked.numbers(name);
  }

  private static List<Long> numbersTo(int end) {
    return LongStream.range(0, end).boxed().toList();
  }

  private Path copy(String query, String name) throws Exception {
    Path file = folder.resolve(name);
    MountedFolder.copy(query, file);
    return file;
  }

  /** Damages a file's values so that it looks as if nobody had touched it. */
  private static void spoil(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(4);
      bytes.write(new byte[200]);
    }
    Files.setLastModifiedTime(file, time);
  }
}
