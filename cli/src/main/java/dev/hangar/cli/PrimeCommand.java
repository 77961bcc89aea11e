package dev.hangar.cli;

import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code hangar prime}: does a little of everything, so that the launcher can keep the classes that
 * were loaded, and later starts are fast. Not for people.
 */
@Command(name = "prime", hidden = true, description = "Used by the launcher.")
final class PrimeCommand implements Callable<Integer> {
  /** What a statement needs, and more. */
  private static final long MEMORY_BYTES = 256 << 20;

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("hangar-");
    Path csv = folder.resolve("t.csv");
    Path parquet = folder.resolve("t.parquet");
    ServerConfig config = ServerConfig.defaults().withPort(0).withMemoryBytes(MEMORY_BYTES);
    try (var server = HangarServer.start(config, line -> {})) {
      Files.writeString(csv, "a,b\n1,x\n");
      run(server, "put", "t", csv.toString());
      run(server, "get", "t", "-o", parquet.toString());
      run(server, "put", "t", parquet.toString());
      run(server, "ls");
      run(server, "info", "t");
      run(server, "get", "t");
      run(server, "sql", "select count(*) from t");
      run(server, "rm", "t");
    } finally {
      Files.deleteIfExists(csv);
      Files.deleteIfExists(parquet);
      Files.deleteIfExists(folder);
    }
    return ExitCode.OK;
  }

  private static void run(HangarServer server, String... command) {
    String[] args = new String[command.length + 2];
    args[0] = "--url";
    args[1] = server.url();
    System.arraycopy(command, 0, args, 2, command.length);
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var terminal = new Terminal(80, true, true);
    if (Main.run(args, nowhere, nowhere, terminal, Environment.NONE) != ExitCode.OK) {
      throw new FailedException("priming failed at: hangar " + String.join(" ", command));
    }
  }
}
