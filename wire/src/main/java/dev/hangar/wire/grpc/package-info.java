/**
 * gRPC over HTTP/2: calls, messages, metadata and status, for both ends. Uses {@code http2}, knows
 * no Flight.
 */
@org.jspecify.annotations.NullMarked
package dev.hangar.wire.grpc;
