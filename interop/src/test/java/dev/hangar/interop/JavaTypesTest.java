package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.client.Hangar;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every Arrow type through our Java client: pyarrow puts, Java copies, pyarrow compares. */
@Timeout(180)
class JavaTypesTest {
  private static final String SCRIPT = "arrow_types.py";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final String PUT = "types/";
  private static final String COPIED = "copies/";

  /**
   * What Arrow's Java library cannot read: metadata that is not UTF-8, decimals of other than 128
   * and 256 bits.
   */
  private static final List<String> UNREADABLE =
      List.of(
          "empty batches between",
          "no batches",
          "one batch of no rows",
          "schema and field metadata, equal names",
          "type decimal32(7, 2)",
          "type decimal64(18, 5)");

  /** Arrow's Java library divides by the width. */
  private static final String NO_WIDTH = "type fixed_size_binary[0]";

  @Test
  void everyTypeThatJavaHasComesBackEqual() throws IOException {
    try (var subject = new Subject();
        var allocator = new RootAllocator();
        var hangar = Hangar.connect(subject.url(), allocator)) {
      Python.run(SCRIPT, TIMEOUT, subject.url(), "--step", "put");
      assertThat(copyAll(hangar)).containsExactlyElementsOf(UNREADABLE);
      var arguments = new ArrayList<>(List.of(subject.url(), "--step", "copies"));
      UNREADABLE.forEach(name -> arguments.addAll(List.of("--skip", name)));
      arguments.addAll(List.of("--skip", NO_WIDTH));
      var seen = Python.run(SCRIPT, TIMEOUT, arguments.toArray(String[]::new));
      assertThat(seen).contains(" 0 failed");
    }
  }

  /** Copies each table; the names of those that cannot be read. */
  private static TreeSet<String> copyAll(Hangar hangar) throws IOException {
    var unreadable = new TreeSet<String>();
    for (var table : hangar.list()) {
      var name = table.name().substring(PUT.length());
      if (name.equals(NO_WIDTH)) {
        continue;
      }
      try (var reader = hangar.get(PUT + name)) {
        hangar.put(COPIED + name, reader);
      } catch (StatusException e) {
        assertThat(e.code()).as(name + ": " + e.description()).isEqualTo(StatusCode.UNIMPLEMENTED);
        unreadable.add(name);
      }
    }
    return unreadable;
  }
}
