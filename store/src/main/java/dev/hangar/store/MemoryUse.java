package dev.hangar.store;

/**
 * What a store's tables take of the machine's memory. Immutable.
 *
 * @param tableBytes bodies of what lives in memory: every version that can be opened, and uploads
 *     in parts; what several versions share is counted once
 * @param mappedBytes files mapped for readers: memory that the system takes back as it likes
 */
public record MemoryUse(long tableBytes, long mappedBytes) {}
