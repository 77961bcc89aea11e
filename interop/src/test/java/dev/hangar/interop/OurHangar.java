package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.client.Hangar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;

/** The scenarios that an application on our Java client can play: those of names and tables. */
final class OurHangar {
  static final Set<Scenario> OFFERED =
      EnumSet.of(
          Scenario.DATA, Scenario.ORDERED, Scenario.EXPIRATION_DO_GET, Scenario.REUSE_CONNECTION);

  private OurHangar() {}

  static void play(Scenario scenario, int port, Set<String> without) {
    try (var allocator = new RootAllocator();
        var hangar = Hangar.connect("grpc://127.0.0.1:" + port, allocator)) {
      switch (scenario) {
        case DATA -> Tables.names(without).forEach(name -> data(hangar, name));
        case ORDERED -> assertThat(numbers(hangar)).isEqualTo(Scenario.ORDERED_NUMBERS);
        case EXPIRATION_DO_GET -> assertThat(numbers(hangar)).containsExactlyInAnyOrder(0, 1, 2);
        case REUSE_CONNECTION -> assertThat(numbers(hangar)).containsExactly(0);
        default -> throw new AssertionError(scenario + " is no scenario of names and tables");
      }
    }
  }

  private static void data(Hangar hangar, String name) {
    var stream = Tables.stream(name);
    var path = "integration/" + name;
    try (var reader = Tables.reader(stream, hangar.allocator())) {
      hangar.put(path, reader);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
    try (var put = Tables.reader(stream, hangar.allocator());
        var got = hangar.get(path)) {
      Tables.requireSame(hangar.info(path).schema(), Tables.schema(stream));
      Tables.requireSame(got, put);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("table " + name + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static List<Integer> numbers(Hangar hangar) {
    try (var reader = hangar.get("numbers")) {
      return Numbers.of(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
