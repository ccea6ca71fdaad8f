/** Nodes that are not there: they take pods of a real API server, serve each as a simulated agent, and keep its status. */
@NullMarked
package dev.dialplane.e2e.node;

import org.jspecify.annotations.NullMarked;
