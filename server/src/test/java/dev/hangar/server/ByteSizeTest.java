package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
  @Test
  void sizesReadAsPeopleWriteThem() {
    assertThat(ByteSize.parse("1000")).isEqualTo(1000);
    assertThat(ByteSize.parse("64k")).isEqualTo(64 << 10);
    assertThat(ByteSize.parse("512M")).isEqualTo(512L << 20);
    assertThat(ByteSize.parse(" 4 GiB ")).isEqualTo(4L << 30);
    assertThat(ByteSize.parse("4gb")).isEqualTo(4L << 30);
  }

  @Test
  void whatIsNoSizeIsRefused() {
    for (String text : new String[] {"", "g", "-1", "0", "4x", "1.5g", "99999999999t"}) {
      assertThatThrownBy(() -> ByteSize.parse(text))
          .as(text)
          .hasMessageContaining("write 512m or 4g");
    }
  }

  @Test
  void sizesPrintShort() {
    assertThat(ByteSize.text(0)).isEqualTo("0 B");
    assertThat(ByteSize.text(999)).isEqualTo("999 B");
    assertThat(ByteSize.text(6_120)).isEqualTo("6.1 KB");
    assertThat(ByteSize.text(999_960)).isEqualTo("1.0 MB");
    assertThat(ByteSize.text(2_147_483_648L)).isEqualTo("2.1 GB");
    assertThat(ByteSize.text(Long.MAX_VALUE)).endsWith(" PB");
  }
}
