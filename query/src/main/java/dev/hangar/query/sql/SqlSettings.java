package dev.hangar.query.sql;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What statements may use. Immutable.
 *
 * @param running statements at once
 * @param waiting statements that wait for one of those to end; more are refused
 * @param memoryBytes of one statement, besides what it answers with
 * @param uncountedBytes what the process may take besides all that is counted while statements run
 * @param timeout of a statement that asks for none, and the longest one can ask for
 * @param directories that files may lie in
 * @param spill where what does not fit into the memory may go meanwhile; null: nowhere
 */
public record SqlSettings(
    int running,
    int waiting,
    long memoryBytes,
    long uncountedBytes,
    Duration timeout,
    List<Path> directories,
    @Nullable Path spill) {
  public SqlSettings {
    directories = List.copyOf(directories);
  }

  List<String> directoryNames() {
    return directories.stream().map(directory -> directory.toAbsolutePath().toString()).toList();
  }
}
