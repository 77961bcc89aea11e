package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The places a server listens on, Unix domain sockets above all. */
@Timeout(60)
class WaysInTest {
  @TempDir private Path folder;
  private FlightServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
      assertThat(server.bodyBytes()).isZero();
    }
  }

  @Test
  void aSocketServesItsOwnerAndIsRemovedAtTheEnd() throws Exception {
    Path socket = folder.resolve("hangar é.sock");
    serve(Location.unix(socket));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(locations(Location.unix(socket)))
        .containsExactly(Location.unix(socket), Location.REUSE_CONNECTION);
    assertThatThrownBy(server::port).hasMessageContaining("no port");
    server.close();
    assertThat(socket).doesNotExist();
    try (FlightClient late = FlightClient.of(Location.unix(socket))) {
      assertThatThrownBy(() -> late.listActions(CallOptions.NONE))
          .hasMessageContaining("cannot reach grpc+unix:///")
          .hasMessageContaining("no such socket");
    }
  }

  @Test
  void aServerMayListenAtSeveralPlaces() throws Exception {
    Path socket = folder.resolve("s");
    serve(Location.unix(socket), Location.grpc("127.0.0.1", 0), Location.grpc("127.0.0.1", 0));
    Location tcp = Location.grpc("127.0.0.1", server.port());
    assertThat(server.locations()).hasSize(3).startsWith(Location.unix(socket), tcp);
    for (Location location : server.locations()) {
      assertThat(locations(location)).startsWith(location);
    }
  }

  @Test
  void onePlaceThatCannotBeHadLeavesNoOther() throws Exception {
    Path socket = folder.resolve("s");
    server = FlightServer.builder(new EndlessService()).start();
    assertThatThrownBy(() ->
            FlightServer.builder(new EndlessService())
                .listen(Location.unix(socket))
                .listen(Location.grpc("127.0.0.1", server.port()))
                .start())
        .isInstanceOf(IOException.class);
    assertThat(socket).doesNotExist();
  }

  @Test
  void aLiveSocketIsLeftAloneAndADeadOneReplaced() throws Exception {
    Path socket = folder.resolve("s");
    try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    serve(Location.unix(socket));
    assertThatThrownBy(() -> start(Location.unix(socket)))
        .isInstanceOf(IOException.class)
        .hasMessage("a server is listening on " + socket + "; stop it, or choose another path");
    assertThat(locations(Location.unix(socket))).isNotEmpty();
  }

  @Test
  void filesThatAreNoSocketsAreLeftAlone() throws Exception {
    Path file = Files.writeString(folder.resolve("precious"), "data");
    assertThatThrownBy(() -> start(Location.unix(file)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no socket");
    assertThat(file).hasContent("data");
    assertThatThrownBy(() -> start(Location.unix(folder.resolve("none/s"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no folder");
  }

  @Test
  void pathsMayBeAsLongAsTheSystemAllows() throws Exception {
    int left = Limits.UNIX_PATH_BYTES - folder.toString().length() - 1;
    Path longest = folder.resolve("s".repeat(left));
    serve(Location.unix(longest));
    assertThat(locations(Location.unix(longest))).isNotEmpty();
    assertThatThrownBy(() -> start(Location.unix(folder.resolve("s".repeat(left + 1)))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has room for 100 bytes")
        .hasMessageContaining("has 101");
  }

  @Test
  void locationsSayHowToGetThere() {
    assertThat(new Location("grpc+tcp://[::1]:7").scheme()).isEqualTo(Location.Scheme.TCP);
    assertThat(new Location("grpc+tcp://[::1]:7").host()).isEqualTo("::1");
    assertThat(new Location("grpc+tls://h").port()).isEqualTo(Location.DEFAULT_PORT);
    assertThat(new Location("grpc+unix:///a%20b").socket()).isEqualTo(Path.of("/a b"));
    assertThat(Location.unix(Path.of("/a b")).uri()).isEqualTo("grpc+unix:///a%20b");
    assertThat(Location.REUSE_CONNECTION.isReuse()).isTrue();
    assertThat(new Location("").isReuse()).isTrue();
    assertThatThrownBy(() -> new Location("grpc+unix://a/b").socket())
        .hasMessageContaining("no absolute path");
    assertThatThrownBy(() -> new Location("grpc+unix:///a").host()).hasMessageContaining("no host");
    assertThatThrownBy(() -> new Location("http://a:1").scheme())
        .hasMessageContaining("cannot connect to http://a:1");
  }

  private void serve(Location... locations) throws IOException {
    server = start(locations);
  }

  private static FlightServer start(Location... locations) throws IOException {
    var builder = FlightServer.builder(new EndlessService());
    List.of(locations).forEach(builder::listen);
    return builder.start();
  }

  private static List<Location> locations(Location location) {
    try (FlightClient client = FlightClient.of(location)) {
      FlightInfo info = client.getFlightInfo(FlightDescriptor.command("x"), CallOptions.NONE);
      return info.endpoints().get(0).locations();
    }
  }
}
