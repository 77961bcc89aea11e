package dev.hangar.cli;

import dev.hangar.client.Credentials;
import dev.hangar.client.Hangar;
import dev.hangar.client.HangarOptions;
import dev.hangar.wire.Location;
import dev.hangar.wire.tls.ClientTls;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Which server a command talks to, as whom, and where it writes. */
@Command
final class Session extends Output {
  private static final String DEFAULT = "grpc://127.0.0.1:8815";

  @ArgGroup(exclusive = false, validate = false, heading = ServerOptions.HEADING)
  private ServerOptions behind = new ServerOptions();

  /** Who was logged in for the first connection: nobody is asked twice. */
  private @Nullable Credentials credentials;

  private boolean isLoggedIn;

  /** A client; nothing is connected yet. */
  Hangar connect() {
    return connect(HangarOptions.DEFAULT);
  }

  /** A client that shares large transfers among connections; null: as many as it does anyway. */
  Hangar connect(@Nullable Integer connections) {
    if (connections == null) {
      return connect();
    }
    HangarOptions options;
    try {
      options = HangarOptions.DEFAULT.connections(connections);
    } catch (IllegalArgumentException e) {
      throw misuse("--connections: " + e.getMessage());
    }
    return connect(options);
  }

  /** A client that behaves as {@code options} say. */
  Hangar connect(HangarOptions options) {
    ServerOptions server = behind.or(main().server());
    Location location = location(server);
    ClientTls tls = tls(server, location);
    return Hangar.connect(
        location.uri(), options.tls(tls).credentials(credentials(server, location)));
  }

  private Location location(ServerOptions server) {
    String variable = main().environment().variable("HANGAR_URL");
    String option = server.url();
    var location = new Location(option != null ? option : variable != null ? variable : DEFAULT);
    if (location.uri().matches("[^/]*//[^/]*@.*")) {
      throw misuse("a URL carries no user and no password; " + LogIn.HOW);
    }
    return location;
  }

  private @Nullable Credentials credentials(ServerOptions server, Location location) {
    if (!isLoggedIn) {
      try {
        credentials = new LogIn(server, main().environment()).to(location);
      } catch (IllegalArgumentException e) {
        throw misuse(String.valueOf(e.getMessage()));
      }
      isLoggedIn = true;
    }
    return credentials;
  }

  private ClientTls tls(ServerOptions server, Location location) {
    boolean given = server.tlsCa() != null || server.tlsCert() != null || server.tlsKey() != null;
    if (given && location.scheme() != Location.Scheme.TLS) {
      throw misuse(
          "--tls-ca, --tls-cert and --tls-key are for grpc+tls://, not for " + location.uri());
    }
    if ((server.tlsCert() == null) != (server.tlsKey() == null)) {
      throw misuse("a client's certificate and its key go together: --tls-cert and --tls-key");
    }
    return new ClientTls(server.tlsCa(), server.tlsCert(), server.tlsKey(), null);
  }
}
