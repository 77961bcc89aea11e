package dev.hangar.store.local;

import java.util.List;

/**
 * What the catalog was asked, and a hold on every part that it named at that moment: their files
 * stay until it is closed.
 */
record Held<T>(T what, List<Version> versions, List<SharedPart> uploaded) implements AutoCloseable {
  @Override
  public void close() {
    versions.forEach(Version::letGo);
    uploaded.forEach(SharedPart::letGo);
  }
}
