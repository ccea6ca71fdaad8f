/** Clients of the models, which live behind one contract in another process. */
@NullMarked
package dev.dialplane.agent.inference;

import org.jspecify.annotations.NullMarked;
