package dev.hangar.cli;

import dev.hangar.client.Credentials;
import dev.hangar.wire.Location;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who a command says it is: what options say, else what variables do. Secrets come from files, from
 * variables and from the terminal, and never from arguments, which everybody on a machine can see.
 */
final class LogIn {
  /** What is said to somebody whom a server does not let in. */
  static final String HOW =
      "log in with --user NAME, whose password is asked for or comes from --password-file FILE or"
          + " HANGAR_PASSWORD, or with a token from --token-file FILE or HANGAR_TOKEN";

  /** What is said to somebody who tries to give a password as an argument. */
  static final String NO_ARGUMENT =
      "passwords and tokens are no arguments, which everybody on a machine can see; " + HOW;

  private static final Pattern SECRET_OPTION = Pattern.compile("--(password|token)(=.*)?");

  private final ServerOptions options;
  private final Environment environment;

  LogIn(ServerOptions options, Environment environment) {
    this.options = options;
    this.environment = environment;
  }

  static boolean isSecretOption(String argument) {
    return SECRET_OPTION.matcher(argument).matches();
  }

  /**
   * What is shown to a server; null for nothing.
   *
   * @throws IllegalArgumentException if what is given does not go together, can't be what it is
   *     meant to be, or would be seen on its way
   */
  @Nullable Credentials to(Location server) {
    requireOneWay();
    String token = environment.variable("HANGAR_TOKEN");
    boolean isUser = options.user() != null || options.passwordFile() != null;
    if (options.tokenFile() != null || (token != null && !isUser)) {
      Credentials.requirePrivate(server);
      return token(options.tokenFile(), token);
    }
    String user = options.user() != null ? options.user() : environment.variable("HANGAR_USER");
    if (user == null) {
      return nobody();
    }
    Credentials.requirePrivate(server);
    return Credentials.password(user, password(user));
  }

  private void requireOneWay() {
    if (options.tokenFile() != null && (options.user() != null || options.passwordFile() != null)) {
      throw new IllegalArgumentException(
          "a token stands for a user and a password: leave out --token-file, or --user and"
              + " --password-file");
    }
  }

  private @Nullable Credentials nobody() {
    if (options.passwordFile() != null) {
      throw new IllegalArgumentException(
          "--password-file has somebody's password; say whose with --user NAME");
    }
    return null;
  }

  private static Credentials token(@Nullable Path file, @Nullable String variable) {
    String where = file == null ? "HANGAR_TOKEN" : "--token-file";
    String token = file == null ? String.valueOf(variable) : SecretFile.read(file, "token");
    try {
      return Credentials.token(token.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }

  private String password(String user) {
    if (options.passwordFile() != null) {
      return SecretFile.read(options.passwordFile(), "password");
    }
    String variable = environment.variable("HANGAR_PASSWORD");
    String password = variable != null ? variable : environment.ask("Password for " + user + ": ");
    if (password == null) {
      throw new IllegalArgumentException(
          "the password for "
              + user
              + " can't be asked for without a terminal; it can come from --password-file FILE or"
              + " HANGAR_PASSWORD");
    }
    return password;
  }
}
