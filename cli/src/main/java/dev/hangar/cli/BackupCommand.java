package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.server.UpkeepLines;
import dev.hangar.store.local.Backup;
import dev.hangar.store.local.DataDirectory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar backup}: a data directory made of another. */
@Command(
    name = "backup",
    description =
        "Makes a backup of all that is on disk, as it is at one moment, while others read and"
            + " write.",
    footer =
        "A backup is a data directory. On the same file system it shares the files of the tables,"
            + " which never change; 'hangar restore' makes a copy that shares nothing.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Mixin private Session session;

  @Parameters(
      paramLabel = "NAME",
      description =
          "What the backup is called, where the server was told with --backups to keep them; with"
              + " --data the directory it goes to.")
  private String name;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Backs up this directory, which no server uses.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    session.out().println("backed up to " + (data == null ? asked() : made(data)));
    return ExitCode.OK;
  }

  private String made(Path directory) {
    try (var source = DataDirectory.openExisting(directory);
        var bar = session.progress("backup")) {
      Path target = Path.of(name);
      var summary = Backup.of(source, target, true, bar::bytes);
      return target + ": " + summary;
    }
  }

  private String asked() {
    var end = new AtomicReference<@Nullable String>();
    try (Hangar hangar = session.connect();
        var bar = session.progress("backup")) {
      hangar.perform(
          "backup",
          UpkeepLines.backupBody(name),
          line -> end.set(UpkeepLines.readBackup(line, bar::bytes)));
    }
    String said = end.get();
    if (said == null) {
      throw new FailedException("the server did not say how the backup ended");
    }
    return said;
  }
}
