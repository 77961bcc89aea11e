package dev.hangar.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Where the command keeps what it knows of its user (XDG Base Directory: the state home). */
final class StateFolder {
  private StateFolder() {}

  /** A file there; null where there can be none. The folder is the user's alone. */
  static @Nullable Path file(String name) {
    String home = System.getenv("XDG_STATE_HOME");
    Path state =
        home != null && Path.of(home).isAbsolute()
            ? Path.of(home)
            : Path.of(System.getProperty("user.home"), ".local", "state");
    Path folder = state.resolve("hangar");
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(state);
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return folder.resolve(name);
    } catch (IOException | UnsupportedOperationException e) {
      return null; // a prompt without memory is still one
    }
  }
}
