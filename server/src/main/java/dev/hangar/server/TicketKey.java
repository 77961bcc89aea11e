package dev.hangar.server;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key of a data directory's tickets, in its file {@code ticket-key}: 32 random bytes that only
 * the owner can read. Whoever has them can make tickets; without the file another is made, and
 * tickets from before are refused.
 */
final class TicketKey {
  private static final String FILE = "ticket-key";
  private static final String OWNER_ALONE = "rw-------";

  private TicketKey() {}

  /**
   * The key in {@code directory}, which nobody else uses; made, and on disk, if there is none.
   *
   * @throws StorageException if it can be neither read nor made
   */
  static byte[] in(Path directory, SecureRandom random) {
    Path file = directory.resolve(FILE);
    try {
      return Files.exists(file) ? checked(file) : made(directory, file, random);
    } catch (IOException e) {
      throw refused("the tickets' key " + file + " can't be used: " + e, e);
    }
  }

  private static byte[] checked(Path file) throws IOException {
    byte[] key = Files.readAllBytes(file);
    if (key.length != Seal.KEY_BYTES) {
      throw refused(
          "the tickets' key %s has %d bytes, not %d; remove it, and tickets made so far are refused"
              .formatted(file, key.length, Seal.KEY_BYTES),
          null);
    }
    return key;
  }

  /** Written aside first: a key that is there is whole. */
  private static byte[] made(Path directory, Path file, SecureRandom random) throws IOException {
    byte[] key = Seal.newKey(random);
    Path aside = directory.resolve(FILE + ".tmp");
    Files.deleteIfExists(aside);
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(aside, options, ownerAlone())) {
      channel.write(ByteBuffer.wrap(key));
      channel.force(true);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(directory)) {
      folder.force(true);
    }
    return key;
  }

  private static FileAttribute<?>[] ownerAlone() {
    boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return isPosix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ALONE))
        }
        : new FileAttribute<?>[0];
  }

  private static StorageException refused(String message, @Nullable Exception cause) {
    return new StorageException(message, Remedy.CONFIGURATION, cause);
  }
}
