package dev.hangar.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which server is called, and who calls: before or behind the name of a command. */
final class ServerOptions {
  static final String HEADING = "%nThe server, and who calls it:%n";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = {"The server (default: $HANGAR_URL, or", "grpc://127.0.0.1:8815)."})
  private @Nullable String url;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Who logs in, where the server asks (default: $HANGAR_USER).")
  private @Nullable String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "The user's password, in the first line (default: $HANGAR_PASSWORD, or it is asked for).")
  private @Nullable Path passwordFile;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A token to log in with, in the first line (default: $HANGAR_TOKEN).")
  private @Nullable Path tokenFile;

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

  /** Leaves these out of the first line of a help, where they are most of it. */
  static void shortenSynopses(CommandLine command) {
    if (command.getCommandSpec().findOption("--url") != null) {
      command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
    }
    command.getSubcommands().values().forEach(ServerOptions::shortenSynopses);
  }

  /** These, and what stands before the command's name where nothing stands behind it. */
  ServerOptions or(ServerOptions before) {
    var all = new ServerOptions();
    all.url = url == null ? before.url : url;
    all.user = user == null ? before.user : user;
    all.passwordFile = passwordFile == null ? before.passwordFile : passwordFile;
    all.tokenFile = tokenFile == null ? before.tokenFile : tokenFile;
    all.tlsCa = tlsCa == null ? before.tlsCa : tlsCa;
    all.tlsCert = tlsCert == null ? before.tlsCert : tlsCert;
    all.tlsKey = tlsKey == null ? before.tlsKey : tlsKey;
    return all;
  }

  @Nullable String url() {
    return url;
  }

  @Nullable String user() {
    return user;
  }

  @Nullable Path passwordFile() {
    return passwordFile;
  }

  @Nullable Path tokenFile() {
    return tokenFile;
  }

  @Nullable Path tlsCa() {
    return tlsCa;
  }

  @Nullable Path tlsCert() {
    return tlsCert;
  }

  @Nullable Path tlsKey() {
    return tlsKey;
  }
}
