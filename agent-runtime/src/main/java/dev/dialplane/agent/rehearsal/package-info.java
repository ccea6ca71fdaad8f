/** A scripted caller and scripted models, so that an agent can rehearse a call by itself. */
@NullMarked
package dev.dialplane.agent.rehearsal;

import org.jspecify.annotations.NullMarked;
