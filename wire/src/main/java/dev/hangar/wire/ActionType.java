package dev.hangar.wire;

/** An operation that a service offers. Immutable. */
public record ActionType(String type, String description) {}
