package dev.hangar.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a Unix domain socket: made way for, guarded, and removed. Immutable. */
record UnixSocket(Path path) {
  /**
   * Removes what a dead server has left.
   *
   * @throws IOException a server listens there, or the file is no socket
   */
  void makeWay() throws IOException {
    requireRoom();
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(path + " is there and is no socket; choose another path");
    }
    if (isAnswered()) {
      throw new IOException(
          "a server is listening on " + path + "; stop it, or choose another path");
    }
    Files.deleteIfExists(path);
  }

  /** Lets nobody in but its owner. */
  void guard() throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
  }

  private void requireRoom() throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > Limits.UNIX_PATH_BYTES) {
      throw new IOException(
          "the path of a socket has room for "
              + Limits.UNIX_PATH_BYTES
              + " bytes, and "
              + path
              + " has "
              + length
              + "; choose a shorter one");
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder + " for the socket; make it first");
    }
  }

  /** Anything else than a refusal may be a server that we are not to see, and is a failure. */
  private boolean isAnswered() throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException nobody) {
      return false;
    } catch (IOException e) {
      throw new IOException(
          "cannot find out whether a server listens on " + path + ": " + e.getMessage(), e);
    }
  }
}
