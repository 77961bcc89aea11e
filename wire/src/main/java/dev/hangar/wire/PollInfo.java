package dev.hangar.wire;

import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How far a flight is that takes long to prepare. Immutable.
 *
 * @param info what there is so far; may only grow
 * @param next what to ask next; null when the flight is complete
 * @param progress from 0 to 1, where known
 * @param expiration until when {@code next} may be asked
 */
public record PollInfo(
    @Nullable FlightInfo info,
    @Nullable FlightDescriptor next,
    OptionalDouble progress,
    @Nullable Instant expiration) {}
