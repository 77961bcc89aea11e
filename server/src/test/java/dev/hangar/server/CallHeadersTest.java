package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.Durability;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What headers say, at their limits and past them. */
class CallHeadersTest {
  @Test
  void whereNothingIsSaidTheStoreDecides() {
    assertThat(CallHeaders.writeOptions(Metadata.of("x-other", "1")))
        .isEqualTo(WriteOptions.DEFAULT);
    assertThat(CallHeaders.skipBatches(Metadata.EMPTY)).isZero();
  }

  @Test
  void allThatCanBeSaidIsUnderstoodTogether() {
    var headers =
        Metadata.of("hangar-durability", "disk")
            .with("hangar-mode", "append")
            .with("hangar-if-version", "7")
            .with("hangar-ttl", "10m")
            .with("hangar-idempotency-key", "a key")
            .with("hangar-keep-versions", "2");
    assertThat(CallHeaders.writeOptions(headers))
        .isEqualTo(
            WriteOptions.DEFAULT
                .withDurability(Durability.DISK)
                .withMode(Mode.APPEND)
                .withIfVersion(7)
                .withTimeToLive(Duration.ofMinutes(10))
                .withIdempotencyKey("a key")
                .withKeepVersions(2));
  }

  @Test
  void everyDurabilityAndModeHasItsWord() {
    assertThat(options("durability", "memory").durability()).isEqualTo(Durability.MEMORY);
    assertThat(options("mode", "replace").mode()).isEqualTo(Mode.REPLACE);
    assertThat(options("mode", "create").mode()).isEqualTo(Mode.CREATE);
    assertInvalid("durability", "cloud", "it has to be disk or memory");
    assertInvalid("durability", "DISK", "it has to be disk or memory");
    assertInvalid("mode", "upsert", "it has to be replace or append or create");
    assertInvalid("mode", "", "it has to be replace or append or create");
  }

  @Test
  void versionsGoFrom0ToTheLargest() {
    assertThat(options("if-version", "0").ifVersion()).hasValue(0);
    assertThat(options("if-version", "9223372036854775807").ifVersion()).hasValue(Long.MAX_VALUE);
    for (String bad : new String[] {"-1", "9223372036854775808", "1.0", "+1", "", "٣", "0x1"}) {
      assertInvalid("if-version", bad, "hangar-if-version: ");
    }
  }

  @Test
  void timesToLiveEndSomeDay() {
    assertThat(options("ttl", "1ms").timeToLive()).isEqualTo(Duration.ofMillis(1));
    long days = Limits.TIME_TO_LIVE.toDays();
    assertThat(options("ttl", days + "d").timeToLive()).isEqualTo(Limits.TIME_TO_LIVE);
    assertInvalid("ttl", Limits.TIME_TO_LIVE.plusMillis(1).toMillis() + "ms", "at most 36500d");
    assertInvalid("ttl", "999999999999999999d", "a time such as 500ms");
    for (String bad : new String[] {"0s", "10", "m", "-5m", "1.5h", "10 m", "PT10M", "1w"}) {
      assertInvalid("ttl", bad, "a time such as 500ms, 90s, 10m, 12h or 7d");
    }
  }

  @Test
  void keysArePrintableAndNotLong() {
    String longest = "k".repeat(Limits.IDEMPOTENCY_KEY_CHARS);
    assertThat(options("idempotency-key", "~").idempotencyKey()).isEqualTo("~");
    assertThat(options("idempotency-key", longest).idempotencyKey()).isEqualTo(longest);
    for (String bad : new String[] {"", longest + "k", "é", "a\tb", "\u007f"}) {
      assertInvalid("idempotency-key", bad, "1 to 128 printable ASCII characters");
    }
  }

  @Test
  void noMoreVersionsAreKeptThanAllowed() {
    assertThat(options("keep-versions", "0").keepVersions()).isZero();
    assertThat(options("keep-versions", "" + Limits.KEEP_VERSIONS).keepVersions())
        .isEqualTo(Limits.KEEP_VERSIONS);
    assertInvalid("keep-versions", "" + (Limits.KEEP_VERSIONS + 1), "from 0 to 1000");
    assertInvalid("keep-versions", "-1", "from 0 to 1000");
  }

  @Test
  void unknownHeadersAndThoseSaidTwiceAreRefused() {
    assertInvalid(
        () -> CallHeaders.writeOptions(Metadata.of("hangar-compression", "zstd")),
        "header hangar-compression: \"zstd\" is not understood here; there are"
            + " hangar-durability, hangar-mode, hangar-if-version, hangar-ttl,"
            + " hangar-idempotency-key, hangar-keep-versions, hangar-kind");
    assertInvalid(
        () -> CallHeaders.writeOptions(Metadata.of("hangar-skip-batches", "1")),
        "hangar-skip-batches");
    assertInvalid(
        () ->
            CallHeaders.writeOptions(
                Metadata.of("hangar-mode", "append").with("hangar-mode", "replace")),
        "more than one");
  }

  @Test
  void aNameMeansWhatItsCallerTakesItFor() {
    TableName name = TableName.parse("a/t.parquet");
    for (boolean isFile : new boolean[] {true, false}) {
      Metadata right = Metadata.of("hangar-kind", isFile ? "file" : "table");
      Metadata wrong = Metadata.of("hangar-kind", isFile ? "table" : "file");
      CallHeaders.requireKind(Metadata.EMPTY, name, isFile);
      CallHeaders.requireKind(right, name, isFile);
      assertInvalid(() -> CallHeaders.requireKind(wrong, name, isFile), "nothing was written");
      assertThat(CallHeaders.writeOptions(right)).isEqualTo(WriteOptions.DEFAULT);
    }
    assertInvalid(
        () -> CallHeaders.requireKind(Metadata.of("hangar-kind", "FILE"), name, true),
        "it has to be table or file");
    assertThat(CallHeaders.skipBatches(Metadata.of("hangar-kind", "file"))).isZero();
    assertInvalid(
        () -> CallHeaders.checkPart(Metadata.of("hangar-kind", "table")), "is not for a part");
  }

  @Test
  void partsTakeNoOptionsButAKey() {
    CallHeaders.checkPart(Metadata.of("hangar-idempotency-key", "k").with("x-other", "1"));
    assertInvalid(
        () -> CallHeaders.checkPart(Metadata.of("hangar-mode", "append")),
        "header hangar-mode: \"append\" is not for a part");
  }

  @Test
  void downloadsSkipAnyNumberOfBatches() {
    assertThat(CallHeaders.skipBatches(Metadata.of("hangar-skip-batches", "12"))).isEqualTo(12);
    assertThat(CallHeaders.skipBatches(Metadata.of("hangar-mode", "append"))).isZero();
    assertInvalid(
        () -> CallHeaders.skipBatches(Metadata.of("hangar-skip-batches", "-1")),
        "a number of record batches");
    assertInvalid(
        () -> CallHeaders.skipBatches(Metadata.of("hangar-skip-rows", "1")),
        "header hangar-skip-rows: \"1\" is not understood here; there are hangar-skip-batches");
  }

  @Test
  void downloadsOfFilesSkipRowsOfOneState() {
    Metadata all = Metadata.of("hangar-skip-batches", "2").with("hangar-skip-rows", "70");
    assertThat(CallHeaders.resumption(all.with("hangar-file", "ab").with("hangar-mode", "append")))
        .isEqualTo(new CallHeaders.Resumption(2, 70, "ab"));
    assertThat(CallHeaders.resumption(Metadata.EMPTY).hasRows()).isFalse();
    assertThat(CallHeaders.resumption(Metadata.of("hangar-skip-rows", "0")).hasRows()).isTrue();
    assertInvalid(
        () -> CallHeaders.resumption(Metadata.of("hangar-skip-rows", "-1")), "a number of rows");
    assertInvalid(
        () -> CallHeaders.resumption(Metadata.of("hangar-version", "1")),
        "there are hangar-skip-batches, hangar-skip-rows, hangar-file, hangar-cache");
  }

  private static WriteOptions options(String word, String value) {
    return CallHeaders.writeOptions(Metadata.of("hangar-" + word, value));
  }

  private static void assertInvalid(String word, String value, String why) {
    assertInvalid(() -> options(word, value), why);
  }

  private static void assertInvalid(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }
}
