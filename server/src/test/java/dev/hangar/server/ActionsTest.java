package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.client.Change;
import dev.hangar.client.CommittedTable;
import dev.hangar.client.PutOptions;
import dev.hangar.client.TableInfo;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Actions in JSON, as the Java client sends them and as anybody may. */
@Timeout(120)
class ActionsTest {
  private static final PutOptions PLAIN = PutOptions.DEFAULT;

  private Asked asked;

  @BeforeEach
  void start() throws Exception {
    asked = new Asked(ServerConfig.defaults().withMemoryBytes(64 << 20));
  }

  @AfterEach
  void stop() {
    asked.close();
  }

  @Test
  void tablesAreRenamed() throws Exception {
    asked.put("a", PLAIN, 1);
    asked.put("b", PLAIN, 2);
    assertThat(asked.hangar.rename("a", "x/y").name()).isEqualTo("x/y");
    assertThat(names()).containsExactly("b", "x/y");
    assertThat(asked.numbers("x/y")).containsExactly(1L);
    failureOf(StatusCode.ALREADY_EXISTS, () -> asked.hangar.rename("b", "x/y"));
    failureOf(StatusCode.NOT_FOUND, () -> asked.hangar.rename("a", "c"));
    failureOf(
        StatusCode.ABORTED,
        () -> asked.perform("rename", "{\"from\": \"b\", \"to\": \"c\", \"if_version\": 99}"));
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.hangar.rename("b", "c@3"));
    assertThat(names()).containsExactly("b", "x/y");
    Asked.awaitLine(asked.console, "rename a to x/y");
  }

  @Test
  void allBelowANameIsDropped() {
    Stream.of("s/1", "s/2/a", "st", "t").forEach(name -> asked.put(name, PLAIN, 1));
    assertThat(asked.hangar.dropPrefix("s")).containsExactly("s/1", "s/2/a");
    assertThat(names()).containsExactly("st", "t");
    assertThat(asked.perform("drop_prefix", "{\"prefix\": \"s\"}"))
        .isEqualTo("{\"dropped\":0,\"tables\":[]}");
  }

  @Test
  void versionsAreToldTheLatestFirst() {
    asked.put("t", PLAIN.keepVersions(1), 1);
    asked.put("t", PLAIN.keepVersions(1), 1, 2);
    assertThat(asked.perform("versions", "{\"table\": \"t\"}"))
        .matches(
            "\\{\"table\":\"t\",\"versions\":\\[\\{\"version\":2,\"rows\":2,\"bytes\":24,"
                + "\"batches\":1,\"parts\":1,\"durability\":\"memory\",\"created\":\"[-0-9T:.]+Z\"},"
                + "\\{\"version\":1,.*]}");
    failureOf(StatusCode.NOT_FOUND, () -> asked.hangar.versions("u"));
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.hangar.versions("t@1"));
  }

  @Test
  void aCommitDoesAllOrNothing() throws Exception {
    Stream.of("a", "b", "p/1", "p/2").forEach(name -> asked.put(name, PLAIN, 1));
    String upload = upload("{\"table\": \"b\"}");
    part(upload, 0, 7);
    failureOf(
        StatusCode.ABORTED,
        () ->
            asked.hangar.commit(
                List.of(Change.dropPrefix("p"), Change.finish(upload), Change.drop("a", 99))));
    assertThat(names()).containsExactly("a", "b", "p/1", "p/2");
    assertThat(asked.numbers("b")).containsExactly(1L);

    List<CommittedTable> changed =
        asked.hangar.commit(
            List.of(
                Change.drop("a", 1),
                Change.dropPrefix("p"),
                Change.finish(upload),
                Change.rename("b", "c")));
    assertThat(changed).extracting(CommittedTable::name).contains("a", "p/1", "p/2", "c");
    assertThat(names()).containsExactly("c");
    assertThat(asked.numbers("c")).containsExactly(7L);
  }

  @Test
  void commitsThatAreNoneAreRefused() {
    for (String bad :
        List.of(
            "{\"changes\": []}",
            "{\"changes\": {}}",
            "{\"changes\": [7]}",
            "{\"changes\": [{}]}",
            "{\"changes\": [{\"drop\": \"a\", \"finish\": \"b\"}]}",
            "{\"changes\": [{\"drop_prefix\": \"a\", \"if_version\": 1}]}",
            "{\"changes\": [{\"drop\": \"a\", \"if_version\": -1}]}",
            "{\"changes\": [{\"drop\": \"a\", \"if_version\": \"1\"}]}",
            "{\"changes\": [{\"drop\": \"a\", \"if_version\": 1.5}]}",
            "{\"changes\": [{\"rename\": {\"from\": \"a\"}}]}",
            "{\"changes\": [{\"rename\": {\"from\": \"a\", \"into\": \"b\"}}]}",
            "{}",
            "[]",
            "null",
            "",
            "{\"changes\": ["
                + "{\"drop\": \"a\"},".repeat(Limits.CHANGES)
                + "{\"drop\": \"a\"}]}")) {
      failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.perform("commit", bad));
    }
    assertThat(
            failureOf(
                StatusCode.NOT_FOUND,
                () ->
                    asked.perform(
                        "commit",
                        "{\"changes\": [{\"drop\": \"a\"}"
                            + ",{\"drop\": \"a\"}".repeat(Limits.CHANGES - 1)
                            + "]}")))
        .as("as many as there may be")
        .hasMessageContaining("no table");
  }

  @Test
  void unknownKeysAreRefusedWithTheKnownOnes() {
    assertThat(
            failureOf(
                StatusCode.INVALID_ARGUMENT,
                () -> asked.perform("rename", "{\"from\": \"a\", \"into\": \"b\"}")))
        .hasMessageContaining(
            "the body of rename has an unknown key \"into\"; known are from, to, if_version");
    assertThat(
            failureOf(
                StatusCode.INVALID_ARGUMENT,
                () -> upload("{\"table\": \"a\", \"codec\": \"zstd\"}")))
        .hasMessageContaining("known are table, mode, durability, if_version, ttl, keep_versions");
    assertThat(
            failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.perform("rename", "{\"from\": 1}")))
        .hasMessageContaining("key from has to be a text");
    assertThat(failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.perform("versions", "{}")))
        .hasMessageContaining("has no table, which has to be a text");
    assertThat(
            failureOf(
                StatusCode.INVALID_ARGUMENT, () -> upload("{\"table\": \"a\", \"ttl\": \"soon\"}")))
        .hasMessageContaining("key ttl: \"soon\" is not understood");
  }

  @Test
  void partsBecomeATableByTheirNumbers() throws Exception {
    String upload = upload("{\"table\": \"a/b\", \"mode\": \"create\", \"if_version\": 0}");
    part(upload, 9, 30, 31);
    part(upload, 0, 1);
    part(upload, 3, 99);
    part(upload, 3, 20);
    assertThat(names()).as("nobody sees it yet").isEmpty();
    Asked.awaitLine(asked.console, "a/b part 9");
    for (int again = 0; again < 2; again++) { // an answer may have been lost
      assertThat(asked.perform("FinishParallelUpload", finished(upload)))
          .matches("\\{\"table\":\"a/b\",\"version\":1,\"rows\":4,\"bytes\":\\d+}");
    }
    assertThat(asked.numbers("a/b")).containsExactly(1L, 20L, 30L, 31L);
    assertThat(asked.hangar.versions("a/b").get(0).parts()).isEqualTo(3);
  }

  @Test
  void abortedUploadsLeaveNothing() {
    String upload = upload("{\"table\": \"t\"}");
    part(upload, 0, 1);
    String body = "{\"upload\": \"" + upload + "\"}";
    assertThat(asked.raw.doAction(Action.of("AbortParallelUpload", body), CallOptions.NONE))
        .isEmpty();
    failureOf(StatusCode.NOT_FOUND, () -> part(upload, 1, 2));
    failureOf(StatusCode.NOT_FOUND, () -> asked.perform("FinishParallelUpload", body));
    assertThat(names()).isEmpty();
  }

  @Test
  void partsSayNothingThatTheirUploadHasSaid() {
    String upload = upload("{\"table\": \"t\"}");
    var headers = Metadata.of("hangar-mode", "append");
    assertThat(
            failureOf(
                StatusCode.INVALID_ARGUMENT, () -> asked.put(descriptor(upload, 0), headers, 1)))
        .hasMessageContaining("hangar-mode: \"append\" is not for a part");
    asked.raw.doAction(Action.of("AbortParallelUpload", finished(upload)), CallOptions.NONE);
  }

  @Test
  void uploadsGoWhereTheCallerIs() {
    String here = "[\"" + asked.server.url() + "\"]";
    assertThat(asked.perform("upload_location", "a/b")).isEqualTo(here);
    assertThat(asked.perform("upload_location", "{\"put\": \"a/b\"}")).isEqualTo(here);
    for (FlightDescriptor descriptor :
        List.of(FlightDescriptor.path("a", "b"), FlightDescriptor.command("a/b"))) {
      assertThat(
              asked.raw.doAction(
                  new Action("upload_location", descriptor.encode()), CallOptions.NONE))
          .containsExactly(ByteString.copyFromUtf8(here));
    }
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.perform("upload_location", ""));
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.perform("upload_location", "\u0001x"));
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.perform("upload_location", "a@3"));
  }

  @Test
  void everyActionTellsItsBody() {
    List<String> json =
        List.of(
            "rename",
            "drop_prefix",
            "versions",
            "commit",
            "StartParallelUpload",
            "FinishParallelUpload",
            "AbortParallelUpload",
            "upload_location");
    List<ActionType> types = asked.raw.listActions(CallOptions.NONE);
    assertThat(types).extracting(ActionType::type).containsAll(json);
    assertThat(types)
        .filteredOn(type -> json.contains(type.type()))
        .allMatch(type -> type.description().contains("Body: "));
  }

  private String upload(String body) {
    String answer = asked.perform("StartParallelUpload", body);
    assertThat(answer).matches("\\{\"upload\":\"[^\"]+\"}");
    return answer.replaceAll(".*:\"|\"}", "");
  }

  private static String finished(String upload) {
    return "{\"upload\": \"" + upload + "\"}";
  }

  private void part(String upload, int number, long... numbers) {
    Metadata said = asked.put(descriptor(upload, number), Metadata.EMPTY, numbers);
    assertThat(said.text("hangar-version")).as("a part is no version").isEmpty();
  }

  private static FlightDescriptor descriptor(String upload, int number) {
    return FlightDescriptor.command("{\"upload\": \"" + upload + "\", \"part\": " + number + "}");
  }

  private List<String> names() {
    return asked.hangar.list().stream().map(TableInfo::name).toList();
  }
}
