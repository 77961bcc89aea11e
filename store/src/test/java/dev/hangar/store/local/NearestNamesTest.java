package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.TableName;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NearestNamesTest {
  @Test
  void aTypingErrorIsForgiven() {
    assertThat(nearest("airqualty", "airquality", "fijiquakes")).containsExactly("airquality");
  }

  @Test
  void theMostAlikeComeFirstAndThreeAreEnough() {
    assertThat(nearest("trips", "tripsss", "trip", "grips", "tripss", "taxi"))
        .containsExactly("grips", "trip", "tripss");
  }

  @Test
  void caseFoldersAndCutNamesAreForgiven() {
    assertThat(nearest("TRIPS", "trips")).containsExactly("trips");
    assertThat(nearest("trips", "nyc/2024/trips")).containsExactly("nyc/2024/trips");
    assertThat(nearest("air", "airquality_of_new_york")).containsExactly("airquality_of_new_york");
  }

  @Test
  void whatIsNothingLikeItIsNotNamed() {
    assertThat(nearest("trips", "fijiquakes", "x", "weather")).isEmpty();
  }

  @Test
  void longNamesAreAlikeOnlyIfTheyBeginOrEndAlike() {
    var name = "x".repeat(200);

    assertThat(nearest(name + "y", name + "z", name + "yz", "a/" + name + "y"))
        .containsExactly("a/" + name + "y", name + "yz");
    assertThat(nearest("y" + name.substring(1), name)).containsExactly(name);
  }

  private static List<String> nearest(String wanted, String... names) {
    var known = Stream.of(names).map(TableName::parse).toList();
    return NearestNames.to(TableName.parse(wanted), known).stream()
        .map(TableName::toString)
        .toList();
  }
}
