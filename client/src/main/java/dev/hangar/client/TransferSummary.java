package dev.hangar.client;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What a finished transfer was.
 *
 * @param rows rows of all batches
 * @param bytes bytes of all bodies, those of dictionaries counted
 * @param elapsed from the call to the server's last word
 * @param version the number of the table's version that it became, where the server says so
 * @param parts how many pieces it was sent in
 * @param repeats how often one of them broke off and was sent again
 */
public record TransferSummary(
    long rows, long bytes, Duration elapsed, OptionalLong version, int parts, int repeats) {}
