package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.HangarOptions;
import dev.hangar.wire.Location;
import dev.hangar.wire.tls.ClientTls;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which server a command talks to, and where it writes. */
@Command
final class Session {
  private static final String DEFAULT = "grpc://127.0.0.1:8815";

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "Authorities to trust over TLS (PEM; default: Java's own).")
  private @Nullable Path tlsCa;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "This client's certificate, for servers that want one (PEM).")
  private @Nullable Path tlsCert;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key (PEM, PKCS#8).")
  private @Nullable Path tlsKey;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** A client; nothing is connected yet. */
  Hangar connect() {
    return connect(HangarOptions.DEFAULT);
  }

  /** A client that shares large transfers among connections; null: as many as it does anyway. */
  Hangar connect(@Nullable Integer connections) {
    try {
      return connections == null
          ? connect()
          : connect(HangarOptions.DEFAULT.connections(connections));
    } catch (IllegalArgumentException e) {
      throw misuse("--connections: " + e.getMessage());
    }
  }

  /** A client that behaves as {@code options} say. */
  Hangar connect(HangarOptions options) {
    String variable = System.getenv("HANGAR_URL");
    String option = main().url();
    String chosen =
        option != null ? option : variable != null && !variable.isBlank() ? variable : DEFAULT;
    return Hangar.connect(chosen, options.tls(tls(chosen)));
  }

  private ClientTls tls(String chosen) {
    boolean given = tlsCa != null || tlsCert != null || tlsKey != null;
    if (given && new Location(chosen).scheme() != Location.Scheme.TLS) {
      throw misuse("--tls-ca, --tls-cert and --tls-key are for grpc+tls://, not for " + chosen);
    }
    if ((tlsCert == null) != (tlsKey == null)) {
      throw misuse("a client's certificate and its key go together: --tls-cert and --tls-key");
    }
    return new ClientTls(tlsCa, tlsCert, tlsKey, null);
  }

  /** What is said to somebody who asked wrongly. */
  ParameterException misuse(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  PrintWriter out() {
    return command.commandLine().getOut();
  }

  PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** Standard output for bytes; fails when nobody reads it any more. */
  OutputStream stdout() {
    out().flush();
    return new PipeOutput(main().stdout());
  }

  Terminal terminal() {
    return main().terminal();
  }

  /** A bar on standard error, where that is a terminal. */
  ProgressBar progress(String what, OptionalLong rows) {
    return new ProgressBar(what, rows, terminal().progress(), err(), System::nanoTime);
  }

  private Main main() {
    return (Main) command.root().userObject();
  }
}
