package dev.hangar.cli;

import dev.hangar.client.BatchMemory;
import dev.hangar.client.Hangar;
import dev.hangar.client.PutOptions;
import dev.hangar.client.PutOptions.Durability;
import dev.hangar.client.PutOptions.Mode;
import dev.hangar.client.TransferSummary;
import dev.hangar.query.file.DataFile;
import dev.hangar.server.TimeSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hangar put}: a file becomes a table. */
@Command(
    name = "put",
    description = "Puts a file under a name, in place of what is there, or as the options say.",
    footer = "Reads Parquet, CSV, JSON lines and Arrow files, known by content, then by ending.",
    mixinStandardHelpOptions = true)
final class PutCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  @Mixin private Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The table, as in sales/2024.")
  private String name;

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - is standard input.")
  private String file;

  @Option(names = "--append", description = "Adds the rows to those that are there.")
  private boolean append;

  @Option(names = "--create", description = "Fails if there is a table of that name.")
  private boolean create;

  @Option(
      names = "--if-version",
      paramLabel = "N",
      description = "Fails if the table is not at this version; 0: if there is one.")
  private @Nullable Long ifVersion;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "Drops the table after this time, as in 90s, 10m, 12h or 7d.")
  private @Nullable String ttl;

  @Option(
      names = "--durability",
      paramLabel = "WHERE",
      description =
          "disk: it survives a stop of the server; memory: it does not (default: as the server"
              + " does).")
  private @Nullable Durability durability;

  @Option(
      names = "--keep-versions",
      paramLabel = "N",
      description = "How many replaced versions stay, to be got as NAME@7.")
  private @Nullable Integer keepVersions;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "How many connections share a large file (default: up to 2 to this machine, 4 to others).")
  private @Nullable Integer connections;

  @Override
  public Integer call() throws IOException {
    PutOptions how = how();
    try (Hangar hangar = session.connect(connections)) {
      if (isReadAgain()) {
        putFile(hangar, how);
      } else {
        putOnce(hangar, how);
      }
    }
    return ExitCode.OK;
  }

  /** What comes out of a pipe comes once. */
  private boolean isReadAgain() {
    return !file.equals(STDIN) && Files.isRegularFile(Path.of(file));
  }

  private void putFile(Hangar hangar, PutOptions how) throws IOException {
    try (var rows = new FileRows(Path.of(file), hangar.allocator());
        var bar = session.progress("put " + name, rows.rows())) {
      done(bar, hangar.put(name, rows, bar, how));
    }
  }

  private void putOnce(Hangar hangar, PutOptions how) throws IOException {
    try (DataFile data = open(hangar);
        var bar = session.progress("put " + name, data.rows())) {
      done(bar, hangar.put(name, data.reader(), bar, BatchMemory.FRESH, how));
    }
  }

  private PutOptions how() {
    if (append && create) {
      throw session.misuse("--append wants a table that is there, --create one that is not");
    }
    PutOptions how =
        PutOptions.DEFAULT.mode(append ? Mode.APPEND : create ? Mode.CREATE : Mode.REPLACE);
    how = durability == null ? how : how.durability(durability);
    how = ifVersion == null ? how : how.ifVersion(checked("--if-version", ifVersion));
    how =
        keepVersions == null
            ? how
            : how.keepVersions((int) checked("--keep-versions", keepVersions));
    try {
      return ttl == null ? how : how.timeToLive(TimeSpan.parse(ttl));
    } catch (IllegalArgumentException e) {
      throw session.misuse("--ttl: " + e.getMessage());
    }
  }

  private long checked(String option, long number) {
    if (number < 0) {
      throw session.misuse(option + ": " + number + " is less than 0");
    }
    return number;
  }

  private static void done(ProgressBar bar, TransferSummary sent) {
    var more = new StringBuilder();
    sent.version().ifPresent(version -> more.append(", version ").append(version));
    if (sent.parts() > 1) {
      more.append(", in ").append(sent.parts()).append(" parts");
    }
    if (sent.repeats() > 0) {
      more.append(", broken off and resumed ").append(times(sent.repeats()));
    }
    bar.done(sent.rows(), sent.bytes(), more.toString());
  }

  private static String times(int count) {
    return count == 1 ? "once" : count + " times";
  }

  private DataFile open(Hangar hangar) throws IOException {
    return file.equals(STDIN)
        ? DataFile.open(System.in, "stdin", hangar.allocator())
        : DataFile.open(Path.of(file), hangar.allocator());
  }
}
