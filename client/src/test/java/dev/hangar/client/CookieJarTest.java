package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.FlightServer;
import dev.hangar.wire.grpc.Metadata;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CookieJarTest {
  private final FakeTime time = new FakeTime();
  private final CookieJar jar = new CookieJar(time::now);

  @Test
  void whatWasSetIsSentUntilItIsSetAnew() {
    set("a=1; Path=/; HttpOnly", "b = \"two words\" ");
    assertThat(sent()).isEqualTo("a=1; b=\"two words\"");
    set("a=x=y");
    assertThat(sent()).isEqualTo("b=\"two words\"; a=x=y");
    set("empty=");
    assertThat(sent()).endsWith("; empty=");
  }

  @Test
  void whatIsNoCookieIsIgnored() {
    set("", "novalue", "=nameless", "; a=1", "long=" + "x".repeat(Limits.COOKIE_CHARS));
    assertThat(jar.headers()).isSameAs(Metadata.EMPTY);
    set("l=" + "x".repeat(Limits.COOKIE_CHARS - 2));
    assertThat(sent()).hasSize(Limits.COOKIE_CHARS);
  }

  @Test
  void cookiesEndWithTheirMaxAge() {
    set("a=1; Max-Age=10", "b=2; max-age=20; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "c=3");
    time.sleep(Duration.ofSeconds(10));
    assertThat(sent()).isEqualTo("b=2; c=3");
    time.sleep(Duration.ofSeconds(10));
    assertThat(sent()).isEqualTo("c=3");
    set("c=3; Max-Age=0", "d=4; Max-Age=-5", "e=5; Max-Age=soon");
    assertThat(sent()).isEqualTo("e=5");
  }

  @Test
  void cookiesEndWhenTheyExpireHoweverTheDateIsWritten() {
    set(
        "a=1; Expires=Thu, 01 Jan 2026 00:00:10 GMT",
        "b=2; Expires=Thursday, 01-Jan-26 00:00:10 GMT",
        "c=3; expires=Thu Jan  1 00:00:10 2026",
        "d=4; Expires=Thu, 01 Jan 2026 00:00:20 GMT",
        "past=1; Expires=Mon, 31 Dec 99 23:59:59 GMT",
        "unreadable=1; Expires=31 Feb 2026 00:00:00",
        "yearless=1; Expires=1 Jan 00:00:00");
    assertThat(sent()).isEqualTo("a=1; b=2; c=3; d=4; unreadable=1; yearless=1");
    time.sleep(Duration.ofSeconds(10));
    assertThat(sent()).isEqualTo("d=4; unreadable=1; yearless=1");
  }

  @Test
  void soManyAreKeptAndNoMore() {
    for (int i = 0; i < Limits.COOKIES; i++) {
      set("c" + i + "=" + i);
    }
    assertThat(sent().split(";", -1)).hasSize(Limits.COOKIES).contains("c0=0");
    set("last=1");
    assertThat(sent().split(";", -1)).hasSize(Limits.COOKIES);
    assertThat(sent()).startsWith("c1=1").endsWith("last=1");
  }

  @Test
  void everyServerGetsItsOwnCookiesBack() throws IOException {
    var shelf = new Shelf();
    var seen = new CopyOnWriteArrayList<String>();
    shelf.beforeCall =
        call -> {
          seen.add(call.headers().text("cookie").orElse("none"));
          call.responseHeaders(
              Metadata.of("set-cookie", "a=" + seen.size()).with("set-cookie", "b=2"));
        };
    try (var server = FlightServer.builder(shelf).start();
        var keeping = Hangar.connect(Shelf.at(server.port()).uri());
        var other =
            Hangar.connect(Shelf.at(server.port()).uri(), HangarOptions.DEFAULT.cookies(false))) {
      keeping.list();
      keeping.list();
      keeping.drop("absent");
      keeping.list();
      other.list();
      other.list();
    }
    assertThat(seen).isEqualTo(List.of("none", "a=1; b=2", "a=2; b=2", "a=3; b=2", "none", "none"));
  }

  private void set(String... cookies) {
    var metadata = Metadata.EMPTY;
    for (var cookie : cookies) {
      metadata = metadata.with("set-cookie", cookie);
    }
    jar.received(metadata);
  }

  private String sent() {
    return jar.headers().text("cookie").orElseThrow();
  }
}
