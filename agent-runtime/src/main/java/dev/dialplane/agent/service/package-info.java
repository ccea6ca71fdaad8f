/** The agent as a server: what gateways ask of it, and the state that it keeps between calls. */
@NullMarked
package dev.dialplane.agent.service;

import org.jspecify.annotations.NullMarked;
