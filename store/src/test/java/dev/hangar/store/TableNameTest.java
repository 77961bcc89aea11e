package dev.hangar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
  @Test
  void textIsSplitAtSlashes() {
    var name = TableName.parse("my_user1/trainingData/7");

    assertThat(name.segments()).containsExactly("my_user1", "trainingData", "7");
    assertThat(name).hasToString("my_user1/trainingData/7");
  }

  @Test
  void aPathSentAsOneSegmentIsTheSameName() {
    assertThat(TableName.of(List.of("a/b", "c"))).isEqualTo(TableName.parse("a/b/c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"uploaded.parquet", ".", "..", "a/../b", "with space", "日本/表", "a@7"})
  void namesThatAreNoFileNamesAreNames(String text) {
    assertThat(TableName.parse(text)).hasToString(text);
  }

  @Test
  void thirtyTwoSegmentsAreAllowedAndOneMoreIsNot() {
    assertThat(TableName.parse(segments(32)).segments()).hasSize(32);
    assertIllegal(segments(33), "more than 32 segments");
    assertIllegal("/".repeat(1_000_000), "more than 32 segments");
  }

  @Test
  void aKibibyteOfUtf8IsAllowedAndOneByteMoreIsNot() {
    assertThat(TableName.parse("é".repeat(512)).toString()).hasSize(512);
    assertIllegal("é".repeat(512) + "x", "more than 1024 bytes");
    assertIllegal("x".repeat(1023) + "/y", "more than 1024 bytes");
    assertIllegal("x".repeat(1_000_000), "more than 1024 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a/", "a//b", "/"})
  void noSegmentIsEmpty(String text) {
    assertIllegal(text, "an empty segment");
  }

  @Test
  void noNameIsEmpty() {
    assertIllegal("", "must not be empty");
    assertThatThrownBy(() -> TableName.of(List.of())).hasMessageContaining("must not be empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\u0000", "a/\u007f", "\u0085", "x\u2028y"})
  void controlCharactersAreRefused(String text) {
    assertIllegal(text, "a control character");
  }

  @Test
  void halfACharacterIsRefused() {
    assertIllegal("a\ud800b", "half a surrogate pair");
  }

  @Test
  void aMessageRepeatsTheNameEscapedAndCut() {
    assertThatThrownBy(() -> TableName.parse("evil\n\u001b[2J" + "x".repeat(200)))
        .isInstanceOf(IllegalNameException.class)
        .hasMessageContaining("\"evil\\u000a\\u001b[2J")
        .hasMessageContaining("x…\"")
        .message()
        .hasSizeLessThan(200);
  }

  @Test
  void aSegmentMadeByHandHoldsNoSlash() {
    assertThatThrownBy(() -> new TableName(List.of("a/b")))
        .hasMessageContaining("inside a segment");
  }

  @Test
  void namesWithAPrefixStandTogether() {
    var names = Stream.of("b", "a/b", "a", "a-b", "a/a").map(TableName::parse).sorted().toList();

    assertThat(names).map(TableName::toString).containsExactly("a", "a/a", "a/b", "a-b", "b");
  }

  private static String segments(int count) {
    return String.join("/", Collections.nCopies(count, "s"));
  }

  private static void assertIllegal(String text, String rule) {
    assertThatThrownBy(() -> TableName.parse(text))
        .isInstanceOf(IllegalNameException.class)
        .hasMessageContaining(rule);
  }
}
