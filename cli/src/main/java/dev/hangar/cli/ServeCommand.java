package dev.hangar.cli;

import dev.hangar.query.dataset.Mount;
import dev.hangar.server.Authenticator;
import dev.hangar.server.ByteSize;
import dev.hangar.server.Credentials;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import dev.hangar.server.TimeSpan;
import dev.hangar.store.Durability;
import dev.hangar.wire.tls.ServerTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hangar serve}: a server until it is stopped. */
@Command(
    name = "serve",
    description = "Serves tables until it is stopped.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The address to listen on (default: 127.0.0.1).")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on; 0 for any (default: 8815).")
  private @Nullable Integer port;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The port speaks TLS with this certificate (PEM, with those that lead to it).")
  private @Nullable Path tlsCert;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key (PEM, PKCS#8).")
  private @Nullable Path tlsKey;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "Only clients get in whose certificate these authorities have signed (PEM).")
  private @Nullable Path tlsClientCa;

  @Option(
      names = "--unix",
      paramLabel = "PATH",
      description =
          "Listen on this Unix domain socket, for its owner alone; and on a port where --host or"
              + " --port is given too.")
  private @Nullable Path unix;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "What tables and transfers may take, as in 4g (default: 60 %% of the machine).")
  private @Nullable String memory;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The directory that tables are kept in, made if it is not there.")
  private @Nullable Path data;

  @Option(
      names = "--durability",
      paramLabel = "WHERE",
      description =
          "Where tables live whose writers do not say: disk, or memory, where they are gone when"
              + " the server stops (default: disk with --data, memory without).")
  private @Nullable Durability durability;

  @Option(
      names = "--backups",
      paramLabel = "DIR",
      description = "Where 'hangar backup' may make backups (default: nowhere).")
  private @Nullable Path backups;

  @Option(
      names = "--history",
      paramLabel = "TIME",
      description =
          "How long replaced versions stay, to be got as NAME@7, as in 10m, 12h or 7d (default:"
              + " not at all).")
  private @Nullable String history;

  @Option(
      names = "--datasets",
      paramLabel = "DIR",
      description =
          "Serve the Parquet, CSV, JSON and Arrow files below this folder too, by their paths; as"
              + " NAME=DIR below that name. May be given several times.")
  private List<String> datasets = List.of();

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      description =
          "The users that may call, a line for each, which 'hangar password' writes"
              + " (default: everybody may).")
  private @Nullable Path credentials;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ServerConfig config = config();
    if (config.tcp() && credentials == null && tlsClientCa == null && !isLoopback(config.host())) {
      out.println(
          "Warning: nobody is asked to log in; whoever reaches "
              + config.host()
              + " may read, replace and remove every table, and end the server."
              + " --credentials names who may.");
    }
    try (HangarServer server = HangarServer.start(config, line -> print(out, line))) {
      stopOnSignal(server);
      print(out, "Hangar ready at " + String.join(" and ", server.urls()));
      print(out, server.tables());
      server.awaitTermination();
      return ExitCode.OK;
    } catch (IOException e) {
      throw new FailedException(reason(config, e));
    }
  }

  private static boolean isUnresolved(@Nullable Throwable cause) {
    return cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException;
  }

  /** A name that can't be resolved fails soon enough when it is listened on. */
  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true;
    }
  }

  private ServerConfig config() {
    ServerConfig config = ServerConfig.defaults();
    config = host == null ? config : config.withHost(host);
    config = port == null ? config : config.withPort(checkedPort(port));
    config = credentials == null ? config : config.withAuthenticator(users(credentials));
    boolean tcp = unix == null || host != null || port != null;
    config = unix == null ? config : config.withUnix(unix, tcp);
    config = stored(config);
    ServerTls tls = tls(tcp);
    config = tls == null ? config : config.withTls(tls);
    try {
      return memory == null ? config : config.withMemoryBytes(ByteSize.parse(memory));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--memory: " + e.getMessage());
    }
  }

  private ServerConfig stored(ServerConfig config) {
    if (durability == Durability.DISK && data == null) {
      throw new ParameterException(
          spec.commandLine(), "tables on disk need a directory to be in: add --data");
    }
    ServerConfig kept = data == null ? config : config.withData(data);
    kept = kept.withDatasets(mounts());
    kept = backups == null ? kept : kept.withBackups(backups);
    kept = durability == null ? kept : kept.withDurability(durability);
    try {
      return history == null ? kept : kept.withHistory(TimeSpan.parse(history));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--history: " + e.getMessage());
    }
  }

  private List<Mount> mounts() {
    try {
      return datasets.stream().map(Mount::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--datasets: " + e.getMessage());
    }
  }

  private static Authenticator users(Path file) {
    try {
      return Credentials.read(file);
    } catch (NoSuchFileException e) {
      throw new FailedException("there is no file " + file + " of credentials");
    } catch (IOException e) {
      throw new FailedException("no users could be read: " + e.getMessage());
    }
  }

  private @Nullable ServerTls tls(boolean tcp) {
    if (tlsCert == null && tlsKey == null && tlsClientCa == null) {
      return null;
    }
    if (tlsCert == null || tlsKey == null) {
      throw new ParameterException(
          spec.commandLine(), "TLS needs a certificate and its key: --tls-cert and --tls-key");
    }
    if (!tcp) {
      throw new ParameterException(
          spec.commandLine(), "TLS is for ports, and --unix listens on none: add --port");
    }
    ServerTls tls = ServerTls.of(tlsCert, tlsKey);
    return tlsClientCa == null ? tls : tls.withClientAuthority(tlsClientCa);
  }

  private int checkedPort(int number) {
    if (number < 0 || number > 65_535) {
      throw new ParameterException(
          spec.commandLine(), "--port: " + number + " is none; ports go from 0 to 65535");
    }
    return number;
  }

  /** SIGTERM and Ctrl-C let the calls in flight end, and end the process with 0. */
  private static void stopOnSignal(HangarServer server) {
    Thread hook =
        new Thread(
            () -> {
              server.close();
              Runtime.getRuntime().halt(ExitCode.OK);
            },
            "hangar-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static void print(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  private static String reason(ServerConfig config, IOException e) {
    String address = config.host() + ":" + config.port();
    String message = String.valueOf(e.getMessage());
    if (message.contains("Address already in use")) {
      return "port "
          + config.port()
          + " is in use on "
          + config.host()
          + "; stop what uses it, or choose another with --port (0 takes any free one)";
    }
    if (message.contains("Permission denied")) {
      return "no permission to listen on "
          + address
          + "; ports under 1024 are reserved, choose another with --port";
    }
    if (message.contains("Cannot assign requested address") || isUnresolved(e.getCause())) {
      return config.host() + " is no address of this machine; choose another with --host";
    }
    return message;
  }
}
