package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.DescribeRequest;
import dev.dialplane.contracts.inference.v1.DescribeResponse;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.inference.v1.ModelsPrepareRequest;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.Preparation;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Which models there are, and making them ready. */
@GrpcService
public class ModelsService extends ModelsGrpc.ModelsImplBase {
    private static final Logger LOG = Logger.getLogger(ModelsService.class);

    private final Preparation preparation;
    private final ModelCatalog catalog;
    private final Streams streams;

    public ModelsService(Preparation preparation, ModelCatalog catalog, Streams streams) {
        this.preparation = preparation;
        this.catalog = catalog;
        this.streams = streams;
    }

    @Override
    public void prepare(ModelsPrepareRequest request, StreamObserver<ModelsPrepareResponse> responses) {
        answer(responses, () -> preparation.prepare(request.getSpecHash(), request.getSpec()));
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> responses) {
        answer(
                responses,
                () -> DescribeResponse.newBuilder()
                        .addAllModels(catalog.describe())
                        .build());
    }

    private <T> void answer(StreamObserver<T> responses, Supplier<T> work) {
        Outlet<T> outlet = new Outlet<>((ServerCallStreamObserver<T>) responses, () -> {});
        streams.execute(() -> {
            try {
                outlet.send(work.get());
                outlet.complete();
            } catch (ModelException e) {
                outlet.fail(e);
            } catch (RuntimeException e) {
                LOG.error("a request failed", e);
                outlet.fail(ModelException.of(e, "the request"));
            }
        });
    }
}
