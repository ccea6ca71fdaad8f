/** The gRPC services: thin shells between the contract and the models. */
@NullMarked
package dev.dialplane.inference.service;

import org.jspecify.annotations.NullMarked;
