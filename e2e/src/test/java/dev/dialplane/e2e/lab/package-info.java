/** Scenarios, played by an agent in virtual time. */
@org.jspecify.annotations.NullMarked
package dev.dialplane.e2e.lab;
