package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.gateway.call.Call;
import dev.dialplane.gateway.call.CallMetrics;
import dev.dialplane.gateway.carrier.CarrierMessage;
import dev.dialplane.gateway.carrier.Dialect;
import dev.dialplane.gateway.carrier.MarkName;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One media socket: reads Twilio's messages and tells the call. What cannot be read is dropped and counted; too much of it
 * in a row ends the call. All on the socket's thread.
 */
final class TwilioSocket {
    private static final Logger LOG = Logger.getLogger(TwilioSocket.class);
    private static final short POLICY_VIOLATION = 1008;

    /** Makes the call once the stream has started, in the coding that it asks for; null refuses it. */
    interface Answering {
        @Nullable
        Call answer(CarrierMessage.Start start, Dialect.Coding coding, TwilioLine line);
    }

    private final Vertx vertx;
    private final ServerWebSocket socket;
    private final Dialect dialect;
    private final TwilioSettings settings;
    private final CallMetrics metrics;
    private final Answering answering;
    private final TwilioParser parser = new TwilioParser();
    private final long startTimer;

    private @Nullable Buffer partial;
    private boolean partialIsText;
    private @Nullable Call call;
    private @Nullable TwilioLine line;
    private int faultsInARow;
    private boolean over;

    TwilioSocket(
            Vertx vertx,
            ServerWebSocket socket,
            Dialect dialect,
            TwilioSettings settings,
            CallMetrics metrics,
            Answering answering) {
        this.vertx = vertx;
        this.socket = socket;
        this.dialect = dialect;
        this.settings = settings;
        this.metrics = metrics;
        this.answering = answering;
        socket.frameHandler(this::frame);
        socket.closeHandler(closed -> gone());
        socket.exceptionHandler(this::failed);
        startTimer = vertx.setTimer(settings.startTimeout().toMillis(), timer -> noStart());
    }

    private void noStart() {
        if (call == null && !over) {
            metrics.carrierFault("twilio", "no_start");
            LOG.infof("a media socket sent no start within %s", settings.startTimeout());
            close(POLICY_VIOLATION, "no start");
        }
    }

    private void frame(WebSocketFrame frame) {
        if (over || frame.isClose() || frame.isPing()) {
            return;
        }
        if (frame.isFinal() && !frame.isContinuation()) {
            message(frame.binaryData(), frame.isText());
            return;
        }
        if (!frame.isContinuation()) {
            partial = Buffer.buffer();
            partialIsText = frame.isText();
        }
        Buffer collected = partial;
        if (collected == null) {
            return;
        }
        if (collected.length() <= TwilioParser.MAX_MESSAGE) {
            collected.appendBuffer(frame.binaryData());
        }
        if (frame.isFinal()) {
            partial = null;
            message(collected, partialIsText);
        }
    }

    private void message(Buffer bytes, boolean text) {
        long now = System.nanoTime();
        CarrierMessage message = !text
                ? new CarrierMessage.Malformed(CarrierMessage.Fault.BINARY)
                : bytes.length() > TwilioParser.MAX_MESSAGE
                        ? new CarrierMessage.Malformed(CarrierMessage.Fault.TOO_LONG)
                        : parser.parse(bytes.getBytes());
        if (!(message instanceof CarrierMessage.Malformed)) {
            faultsInARow = 0;
        }
        Call current = call;
        switch (message) {
            case CarrierMessage.Media media -> {
                if (current != null) {
                    current.media(now, media.chunk(), media.timestamp(), media.payload());
                } else {
                    metrics.carrierFault("twilio", "media_before_start");
                }
            }
            case CarrierMessage.Mark mark -> {
                MarkName name = MarkName.parse(mark.name());
                if (current != null && name != null) {
                    current.mark(now, name);
                }
            }
            case CarrierMessage.Dtmf dtmf -> {
                if (current != null) {
                    current.dtmf(now, dtmf.digit());
                }
            }
            case CarrierMessage.Start start -> start(start);
            case CarrierMessage.Stop stop -> hungUp(Cause.CAUSE_CALLER_HUNG_UP);
            case CarrierMessage.Connected connected -> {}
            case CarrierMessage.Unknown unknown -> metrics.carrierFault("twilio", "unknown_event");
            case CarrierMessage.Malformed malformed -> malformed(malformed.fault());
        }
    }

    private void start(CarrierMessage.Start start) {
        if (call != null) {
            metrics.carrierFault("twilio", "second_start");
            return;
        }
        switch (MediaFormat.of(start, dialect.codecs())) {
            case MediaFormat.Refused(String fault) -> {
                metrics.carrierFault("twilio", "bad_format");
                LOG.warnf("a stream is refused: start.%s", fault);
                close(POLICY_VIOLATION, fault);
            }
            case MediaFormat.Spoken(Dialect.Coding coding) -> answer(start, coding);
        }
    }

    private void answer(CarrierMessage.Start start, Dialect.Coding coding) {
        vertx.cancelTimer(startTimer);
        TwilioLine fresh = new TwilioLine(socket, start.streamId());
        line = fresh;
        Call answered = answering.answer(start, coding, fresh);
        call = answered;
        if (answered == null) {
            close(POLICY_VIOLATION, "refused");
        }
    }

    private void malformed(CarrierMessage.Fault fault) {
        metrics.carrierFault("twilio", fault.name().toLowerCase(Locale.ROOT));
        if (++faultsInARow == settings.faultsInARow()) {
            LOG.warnf("%d messages in a row could not be read, the last one: %s", faultsInARow, fault);
            hungUp(Cause.CAUSE_CARRIER_ERROR);
            close(POLICY_VIOLATION, "protocol");
        }
    }

    private void failed(Throwable failure) {
        if (over || failure instanceof io.vertx.core.http.HttpClosedException) {
            return;
        }
        metrics.carrierFault("twilio", "socket");
        LOG.debugf("media socket: %s", failure.toString());
        hungUp(Cause.CAUSE_CARRIER_ERROR);
        close(POLICY_VIOLATION, "protocol");
    }

    private void hungUp(Cause cause) {
        if (call != null) {
            call.hungUp(cause);
        }
    }

    private void close(short code, String reason) {
        if (!over) {
            over = true;
            socket.close(code, reason);
        }
    }

    private void gone() {
        over = true;
        vertx.cancelTimer(startTimer);
        if (line != null) {
            line.gone();
        }
        hungUp(Cause.CAUSE_CALLER_HUNG_UP);
    }
}
