/** Virtual time, and a gateway that lives in it. */
package dev.dialplane.agent.testing;
