package dev.hangar.store;

/** What a version outlives. */
public enum Durability {
  /** The process and the machine's power: its commit returns when it is on disk. */
  DISK,
  /** Nothing: it is gone with the process, or earlier where memory runs short. */
  MEMORY
}
