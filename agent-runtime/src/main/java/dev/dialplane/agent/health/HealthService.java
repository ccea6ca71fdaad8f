package dev.dialplane.agent.health;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * {@code grpc.health.v1.Health}, as far as probes ask it: SERVING, for whichever service, once the server is up. By hand,
 * because its message has one field and the library that has it brings three more.
 */
public final class HealthService {
    private static final String NAME = "grpc.health.v1.Health";
    /** HealthCheckResponse{status: SERVING}: field 1, varint 1. */
    private static final byte[] SERVING = {0x08, 0x01};

    private HealthService() {}

    /** The service, with Check and Watch. */
    public static ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(NAME)
                .addMethod(
                        method("Check", MethodDescriptor.MethodType.UNARY),
                        ServerCalls.asyncUnaryCall((_, responses) -> {
                            responses.onNext(SERVING);
                            responses.onCompleted();
                        }))
                // Its state never changes: a watcher hears it once, and no more until the process is gone.
                .addMethod(
                        method("Watch", MethodDescriptor.MethodType.SERVER_STREAMING),
                        ServerCalls.asyncServerStreamingCall((_, responses) -> responses.onNext(SERVING)))
                .build();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    /** Messages as they are on the wire; what is asked does not matter. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    }
}
