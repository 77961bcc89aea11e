package dev.hangar.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The users of a file: a name, a colon and a hash of the password in each line; lines that are
 * empty or begin with {@code #} are none. Thread-safe.
 *
 * <p>A password that was right is remembered under a seal, so that callers who send it with each
 * call do not wait for its hash each time.
 */
public final class Credentials implements Authenticator {
  private final Map<String, PasswordHash> users;
  private final Map<String, byte[]> right = new ConcurrentHashMap<>();
  private final Seal seal;

  /** What passwords of users there are not are held against: that takes as long. */
  private final PasswordHash nobody;

  private final Semaphore checks = new Semaphore(Limits.PASSWORD_CHECKS);

  private Credentials(Map<String, PasswordHash> users, SecureRandom random) {
    this.users = users;
    this.seal = new Seal(random);
    this.nobody = users.values().iterator().next();
  }

  /**
   * Reads a file.
   *
   * @throws IOException it can't be read, or a line is not what it has to be; the message names the
   *     line and does not repeat it
   */
  public static Credentials read(Path file) throws IOException {
    var users = new HashMap<String, PasswordHash>();
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    for (int line = 0; line < lines.size(); line++) {
      String text = lines.get(line).strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        try {
          add(text, users);
        } catch (IllegalArgumentException e) {
          throw new IOException(file + ", line " + (line + 1) + ": " + e.getMessage(), e);
        }
      }
    }
    if (users.isEmpty() || users.size() > Limits.USERS) {
      throw new IOException(
          file
              + " has "
              + users.size()
              + " users; it has to have 1 to "
              + Limits.USERS
              + ": 'hangar password NAME' writes a line for one");
    }
    return new Credentials(Map.copyOf(users), new SecureRandom());
  }

  /**
   * The line for a user.
   *
   * @throws IllegalArgumentException a name can't be like this, or the password is too long
   */
  public static String line(String user, String password) {
    checkName(user);
    if (password.isEmpty() || !fits(password)) {
      throw new IllegalArgumentException(
          "a password has 1 to " + Limits.CREDENTIAL_BYTES + " bytes of UTF-8");
    }
    return user + ":" + PasswordHash.of(password, new SecureRandom());
  }

  private static void add(String line, Map<String, PasswordHash> users) {
    int colon = line.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no colon between a user's name and the password's hash");
    }
    String user = line.substring(0, colon);
    checkName(user);
    if (users.put(user, PasswordHash.parse(line.substring(colon + 1))) != null) {
      throw new IllegalArgumentException("user " + user + " has a line above");
    }
  }

  private static void checkName(String user) {
    boolean isName = !user.isBlank() && user.strip().equals(user) && !user.startsWith("#");
    if (!isName
        || !fits(user)
        || user.chars().anyMatch(c -> c == ':' || Character.isISOControl(c))) {
      throw new IllegalArgumentException(
          "a user's name has up to "
              + Limits.CREDENTIAL_BYTES
              + " bytes, no colon, no control character, no space around it and no # before it");
    }
  }

  @Override
  public boolean accepts(String user, String password) {
    if (!fits(user) || !fits(password)) {
      return false;
    }
    byte[] sealed = sealed(user, password);
    byte[] remembered = right.get(user);
    if (remembered != null && MessageDigest.isEqual(remembered, sealed)) {
      return true;
    }
    boolean isRight = check(user, password);
    if (isRight) {
      right.put(user, sealed);
    }
    return isRight;
  }

  private boolean check(String user, String password) {
    PasswordHash hash = users.get(user);
    checks.acquireUninterruptibly();
    try {
      boolean matches = (hash == null ? nobody : hash).matches(password);
      return hash != null && matches;
    } finally {
      checks.release();
    }
  }

  private byte[] sealed(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return seal.of(both, both.length);
  }

  private static boolean fits(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= Limits.CREDENTIAL_BYTES;
  }
}
