package dev.hangar.client;

/** How a table was named when it was put; clients of one kind do not see the other's names. */
public enum DescriptorKind {
  /** A path of segments: Hangar, the Arrow Cookbook, R. */
  PATH,
  /** Bytes, here read as UTF-8: the tiny server and client. */
  COMMAND
}
