package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.ToolsGrpc;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.Preparation;
import dev.dialplane.inference.tools.HttpTools;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import org.jboss.logging.Logger;

/** A pool's HTTP tools. */
@GrpcService
public class ToolsService extends ToolsGrpc.ToolsImplBase {
    private static final Logger LOG = Logger.getLogger(ToolsService.class);

    /** A tool that is being run: the process waits for it before it ends. */
    private static final class Running implements Streams.Stream {
        private final String callerId;
        private volatile boolean over;

        Running(String callerId) {
            this.callerId = callerId;
        }

        @Override
        public String callerId() {
            return callerId;
        }

        @Override
        public boolean over() {
            return over;
        }
    }

    private final HttpTools tools;
    private final Preparation preparation;
    private final Streams streams;
    private final ModelMetrics metrics;

    public ToolsService(HttpTools tools, Preparation preparation, Streams streams, ModelMetrics metrics) {
        this.tools = tools;
        this.preparation = preparation;
        this.streams = streams;
        this.metrics = metrics;
    }

    @Override
    public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> responses) {
        Outlet<InvokeResponse> outlet = new Outlet<>((ServerCallStreamObserver<InvokeResponse>) responses, () -> {});
        Caller caller = Caller.current();
        Running running = new Running(caller.id());
        streams.opened(running);
        streams.execute(() -> {
            try {
                InvokeResponse response = tools.invoke(
                        request, preparation.find(request.getSpecHash()).spec().getToolsList(), caller);
                metrics.toolRan(response.getError().isEmpty() ? "ok" : "error", response.getTookMs());
                outlet.send(response);
                outlet.complete();
            } catch (ModelException e) {
                LOG.warnf("call %s: %s", caller.id(), e.getMessage());
                metrics.toolRan(e.code().name(), 0);
                outlet.fail(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the process ends
                outlet.fail(ModelException.internal("the process ends"));
            } catch (RuntimeException e) {
                LOG.error("a tool failed", e);
                outlet.fail(ModelException.of(e, "the tool"));
            } finally {
                running.over = true;
                streams.closed(running);
            }
        });
    }
}
