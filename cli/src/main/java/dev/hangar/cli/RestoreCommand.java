package dev.hangar.cli;

import dev.hangar.store.local.Backup;
import dev.hangar.store.local.DataDirectory;
import dev.hangar.store.local.Fault;
import dev.hangar.store.local.Verification;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar restore}: a backup verified, and copied to where a server can use it. */
@Command(
    name = "restore",
    description =
        "Verifies a backup and copies it into a directory that is empty or not there, for"
            + " 'hangar serve --data'. Nothing is copied from a backup with faults.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Mixin private Output output;

  @Parameters(paramLabel = "BACKUP", description = "The backup's directory.")
  private Path backup;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "The directory to restore to.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    Path target = Objects.requireNonNull(data);
    try (var source = DataDirectory.openExisting(backup)) {
      requireWhole(source);
      output.out().println("restored " + backup + " to " + target + ": " + copied(source, target));
    }
    return ExitCode.OK;
  }

  private Backup.Summary copied(DataDirectory source, Path target) {
    try (var bar = output.progress("restore")) {
      return Backup.of(source, target, false, bar::bytes);
    }
  }

  private void requireWhole(DataDirectory source) {
    Verification.Summary summary;
    try (var report = new VerifyReport(output, Fault::toString)) {
      summary = Verification.of(source, report);
    }
    if (summary.faults() > 0) {
      throw new FailedException(
          "the backup " + backup + " is damaged, and nothing was restored (" + summary + ")");
    }
  }
}
