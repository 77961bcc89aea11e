package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.server.UpkeepLines;
import dev.hangar.store.local.DataDirectory;
import dev.hangar.store.local.Fault;
import dev.hangar.store.local.Verification;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar verify}: everything on disk read and held against what was written. */
@Command(
    name = "verify",
    description =
        "Reads everything a server has on disk, or a directory that no server uses, and tells what"
            + " is not as it was written. Repairs nothing. Ends with 1 if there is a fault.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Mixin private Session session;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "The one table of the server's to look at (default: all).")
  private @Nullable String name;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "A data directory or backup that no server uses.")
  private @Nullable Path data;

  @Option(names = "--json", description = "Tells it in lines of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (data != null && name != null) {
      throw session.misuse("with --data all of the directory is verified; leave out " + name);
    }
    var summary = verified();
    session.out().println(json ? UpkeepLines.summary(summary) : summary.toString());
    return summary.faults() == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private Verification.Summary verified() {
    try (var report = new VerifyReport(session, json ? UpkeepLines::fault : Fault::toString)) {
      return data == null ? asked(report) : read(data, report);
    }
  }

  private static Verification.Summary read(Path directory, VerifyReport report) {
    try (var opened = DataDirectory.openExisting(directory)) {
      return Verification.of(opened, report);
    }
  }

  private Verification.Summary asked(VerifyReport report) {
    var summary = new AtomicReference<Verification.@Nullable Summary>();
    try (Hangar hangar = session.connect()) {
      String body = name == null ? "" : UpkeepLines.tableBody(name);
      hangar.perform("verify", body, line -> summary.set(UpkeepLines.read(line, report)));
    }
    var end = summary.get();
    if (end == null) {
      throw new FailedException("the server did not say how the verification ended");
    }
    return end;
  }
}
