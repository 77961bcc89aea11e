/** The service: names, descriptors, tickets and actions over a store. */
@org.jspecify.annotations.NullMarked
package dev.hangar.server;
