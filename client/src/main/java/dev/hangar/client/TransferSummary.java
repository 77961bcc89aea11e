package dev.hangar.client;

import java.time.Duration;

/**
 * What a finished transfer was.
 *
 * @param rows rows of all batches
 * @param bytes bytes of all bodies, those of dictionaries counted
 * @param elapsed from the call to the server's last word
 */
public record TransferSummary(long rows, long bytes, Duration elapsed) {}
