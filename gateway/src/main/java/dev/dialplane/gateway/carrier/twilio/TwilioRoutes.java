package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Refused;
import dev.dialplane.gateway.binding.BindOutcome;
import dev.dialplane.gateway.binding.BindRequest;
import dev.dialplane.gateway.call.Call;
import dev.dialplane.gateway.call.CallDesk;
import dev.dialplane.gateway.call.CallIdentity;
import dev.dialplane.gateway.carrier.CarrierLine;
import dev.dialplane.gateway.carrier.CarrierMessage;
import dev.dialplane.gateway.carrier.Dialect;
import dev.dialplane.gateway.carrier.NextStep;
import dev.dialplane.gateway.carrier.OpusLine;
import dev.dialplane.gateway.carrier.Party;
import dev.dialplane.gateway.token.CallIds;
import dev.dialplane.gateway.token.PathToken;
import dev.dialplane.gateway.token.SigningKey;
import io.netty.channel.EventLoop;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Where Twilio comes in: the voice webhook, the media socket, and the question what is next. */
public final class TwilioRoutes {
    private static final Logger LOG = Logger.getLogger(TwilioRoutes.class);
    private static final String CARRIER = "twilio";
    private static final long MAX_BODY = 64 * 1024;
    /** A name in Kubernetes (RFC 1123 label). */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private final Vertx vertx;
    private final CallDesk desk;
    private final SigningKey key;
    private final TwilioSettings settings;
    private final AuthTokens authTokens;
    private final int capacity;
    private final Reservations reservations = new Reservations();
    private final NextSteps nextSteps = new NextSteps();
    private final UsedTokens usedTokens = new UsedTokens();

    /** Routes over that desk. */
    public TwilioRoutes(Vertx vertx, CallDesk desk, SigningKey key, TwilioSettings settings, int capacity) {
        this.vertx = vertx;
        this.desk = desk;
        this.key = key;
        this.settings = settings;
        this.capacity = capacity;
        authTokens = new AuthTokens(settings.authTokens());
    }

    /**
     * Adds the routes.
     *
     * @param dev on a loopback listener only: nothing is signed, and a media socket needs no token
     */
    public void install(Router router, boolean dev) {
        BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_BODY);
        router.post("/twilio/:namespace/:pool/voice").handler(body).handler(ctx -> voice(ctx, dev));
        router.post("/twilio/:namespace/:pool/next/:token").handler(body).handler(ctx -> next(ctx, dev));
        router.get("/twilio/:namespace/:pool/media/:token").handler(ctx -> media(ctx, dev));
        if (dev) {
            router.get("/twilio/:namespace/:pool").handler(this::mediaWithoutToken);
        }
    }

    /** Calls that ring. */
    public int ringing() {
        return reservations.size();
    }

    // The webhook.

    private void voice(RoutingContext ctx, boolean dev) {
        PoolRef pool = poolOf(ctx);
        if (pool == null || !authentic(ctx, dev, false)) {
            return;
        }
        MultiMap form = ctx.request().formAttributes();
        String carrierCallId = form.get("CallSid");
        if (carrierCallId == null || carrierCallId.isEmpty() || carrierCallId.length() > 128) {
            ctx.response().setStatusCode(400).end("CallSid is missing or longer than 128 characters");
            return;
        }
        String account = textOf(form, "AccountSid");
        String ringingKey = account + '/' + carrierCallId;
        Reservations.Ringing present = reservations.find(ringingKey);
        if (present != null && !present.identity().pool().equals(pool)) {
            desk.metrics().carrierFault(CARRIER, "conflict");
            LOG.warnf(
                    "call %s: its webhook is repeated for another pool",
                    present.identity().callId());
            ctx.response().setStatusCode(409).end("call " + carrierCallId + " rings for another pool already");
            return;
        }
        Reservations.Ringing ringing = present != null ? present : ring(pool, ringingKey, account, carrierCallId, form);
        if (ringing == null) {
            xml(ctx, TwiML.rejectBusy());
            return;
        }
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        ctx.response().closeHandler(closed -> {
            if (!ctx.response().ended()) {
                ringing.outcome().cancel(false);
            }
        });
        ringing.outcome()
                .whenCompleteAsync(
                        (outcome, failure) -> answer(ctx, dev, pool, ringing, outcome), context.nettyEventLoop());
    }

    private Reservations.@Nullable Ringing ring(
            PoolRef pool, String ringingKey, String account, String carrierCallId, MultiMap form) {
        CallIdentity identity = new CallIdentity(
                CallIds.mint(),
                pool,
                Direction.DIRECTION_INBOUND,
                CARRIER,
                account,
                carrierCallId,
                Party.masked(textOf(form, "From")),
                desk.time().millis());
        LOG.infof(
                "call %s: rings for %s/%s, from %s",
                identity.callId(), pool.getNamespace(), pool.getName(), identity.party());
        if (cannotTake(identity)) {
            return null;
        }
        BindRequest request =
                // In which coding the stream will come is not known yet; the offer that goes live says it.
                request(
                        identity,
                        1,
                        OfferKind.OFFER_KIND_RESERVE,
                        Dialect.Coding.PCMU_8000,
                        settings.reservation(),
                        Map.of(),
                        true);
        CompletableFuture<BindOutcome> outcome = desk.binder().bind(request);
        Reservations.Ringing ringing = new Reservations.Ringing(ringingKey, identity, outcome);
        reservations.add(ringing);
        outcome.whenComplete((how, failure) -> {
            switch (how) {
                case BindOutcome.Bound bound -> {
                    desk.binder().count(bound.pool(), 1, 0, 0);
                    vertx.setTimer(settings.reservation().toMillis() + 1_000, timer -> expire(identity, bound));
                }
                case BindOutcome.Refused refused -> {
                    reservations.forget(identity.callId());
                    refused(identity, refused);
                }
                case BindOutcome.Conflict conflict -> {
                    reservations.forget(identity.callId());
                    refused(identity, 1, Cause.CAUSE_CARRIER_ERROR, conflict.detail(), waitedMs(identity));
                }
                case null -> {
                    reservations.forget(identity.callId());
                    refused(identity, 1, Cause.CAUSE_ABANDONED, "the carrier no longer waits", waitedMs(identity));
                }
            }
        });
        return ringing;
    }

    private void answer(
            RoutingContext ctx,
            boolean dev,
            PoolRef pool,
            Reservations.Ringing ringing,
            @Nullable BindOutcome outcome) {
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        if (!(outcome instanceof BindOutcome.Bound bound)) {
            xml(ctx, TwiML.rejectBusy());
            return;
        }
        long now = desk.time().millis();
        String token = new PathToken(
                        bound.fence().getCallId(),
                        bound.fence().getAttempt(),
                        bound.podUid(),
                        now + settings.reservation().toMillis(),
                        ringing.identity().requested(),
                        bound.acceptedUnixMs(),
                        ringing.identity().party())
                .signed(key, pool.getNamespace(), pool.getName());
        String path = "/twilio/" + pool.getNamespace() + "/" + pool.getName();
        String http = baseOf(ctx, dev);
        String ws = "ws" + http.substring("http".length());
        xml(ctx, TwiML.connect(ws + path + "/media/" + token, http + path + "/next/" + token));
    }

    /** Nobody came for it. If another gateway took it up, its agent was seen in that call. */
    private void expire(CallIdentity identity, BindOutcome.Bound bound) {
        boolean taken = reservations.take(identity.callId()) == null;
        reservations.forget(identity.callId());
        if (taken) {
            return;
        }
        desk.binder().count(bound.pool(), -1, 0, 0);
        desk.binder().wasTakenUp(bound.podUid(), bound.fence()).thenAccept(elsewhere -> {
            if (!elsewhere) {
                refused(
                        identity,
                        bound.fence().getAttempt(),
                        Cause.CAUSE_ABANDONED,
                        "no media came",
                        waitedMs(identity));
            }
        });
    }

    private long waitedMs(CallIdentity identity) {
        return desk.time().millis() - identity.requested();
    }

    private boolean cannotTake(CallIdentity identity) {
        boolean full = desk.size() + reservations.size() >= capacity;
        if (!desk.draining() && !full) {
            return false;
        }
        desk.binder().countRefused(identity.pool());
        refused(
                identity,
                1,
                full ? Cause.CAUSE_NO_AGENT : Cause.CAUSE_GATEWAY_DRAINING,
                full
                        ? "this gateway carries all the " + capacity + " calls that it can"
                        : "this gateway takes no more calls",
                0);
        return true;
    }

    private void refused(CallIdentity identity, BindOutcome.Refused refused) {
        refused(identity, 1, refused.cause(), refused.detail(), refused.waitedMs(), refused.declinedBy());
    }

    private void refused(CallIdentity identity, int attempt, Cause cause, String detail, long waitedMs) {
        refused(identity, attempt, cause, detail, waitedMs, List.of());
    }

    private void refused(
            CallIdentity identity, int attempt, Cause cause, String detail, long waitedMs, List<String> declinedBy) {
        LOG.infof("call %s: refused: %s, %s", identity.callId(), cause, detail);
        desk.metrics().refused(cause);
        desk.events()
                .happened(identity.event(attempt, 1, desk.time().millis())
                        .setRefused(Refused.newBuilder()
                                .setCause(cause)
                                .setDetail(detail)
                                .setRequestTimeUnixMs(identity.requested())
                                .setWaitedMs((int) waitedMs)
                                .addAllDeclinedBy(declinedBy))
                        .build());
    }

    // The media socket.

    private void media(RoutingContext ctx, boolean dev) {
        PoolRef pool = poolOf(ctx);
        if (pool == null || !authentic(ctx, dev, true)) {
            return;
        }
        long now = desk.time().millis();
        PathToken token =
                PathToken.verify(key, pool.getNamespace(), pool.getName(), String.valueOf(ctx.pathParam("token")), now);
        if (token == null) {
            desk.metrics().carrierFault(CARRIER, "bad_token");
            ctx.response().setStatusCode(403).end("the token is forged, expired, or for another pool");
            return;
        }
        if (!usedTokens.use(token.callId(), token.attempt(), token.expires(), now)) {
            desk.metrics().carrierFault(CARRIER, "second_socket");
            LOG.warnf("call %s: a second media socket with one token is refused", token.callId());
            ctx.response().setStatusCode(409).end("the token has been used");
            return;
        }
        upgrade(ctx.request(), dev, (start, coding, line, home) -> reserved(pool, token, start, coding, line, home));
    }

    private void mediaWithoutToken(RoutingContext ctx) {
        PoolRef pool = poolOf(ctx);
        if (pool != null) {
            upgrade(ctx.request(), true, (start, coding, line, home) -> unreserved(pool, start, coding, line, home));
        }
    }

    private interface Answering {
        @Nullable
        Call answer(CarrierMessage.Start start, Dialect.Coding coding, TwilioLine line, EventLoop home);
    }

    /** @param dev nobody signs there, and the phone in the browser speaks more than a carrier */
    private void upgrade(HttpServerRequest request, boolean dev, Answering answering) {
        request.toWebSocket()
                .onSuccess((ServerWebSocket socket) -> {
                    EventLoop home = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
                    var unused = new TwilioSocket(
                            vertx,
                            socket,
                            dev ? TwilioDialect.DEVELOPMENT : TwilioDialect.TWILIO,
                            settings,
                            desk.metrics(),
                            (start, coding, line) -> answering.answer(start, coding, line, home));
                })
                .onFailure(failure -> LOG.debugf("no upgrade: %s", failure.toString()));
    }

    private Call reserved(
            PoolRef pool,
            PathToken token,
            CarrierMessage.Start start,
            Dialect.Coding coding,
            TwilioLine line,
            EventLoop home) {
        Reservations.Ringing ringing = reservations.take(token.callId());
        CallIdentity identity = ringing != null
                ? ringing.identity()
                : new CallIdentity(
                        token.callId(),
                        pool,
                        Direction.DIRECTION_INBOUND,
                        CARRIER,
                        start.account(),
                        start.callId(),
                        token.party(),
                        token.requested());
        List<String> declinedBy = List.of();
        if (ringing != null && ringing.outcome().getNow(null) instanceof BindOutcome.Bound bound) {
            declinedBy = bound.declinedBy();
            desk.binder().count(bound.pool(), -1, 0, 0);
        }
        BindRequest request = request(
                identity,
                token.attempt(),
                OfferKind.OFFER_KIND_LIVE,
                coding,
                desk.settings().offerExpiry(),
                Map.of(),
                true);
        Fence fence = Fence.newBuilder()
                .setCallId(token.callId())
                .setAttempt(token.attempt())
                .build();
        Call call = call(identity, request, coding, line, home);
        call.begin(desk.binder().confirm(request, fence, token.podUid()), declinedBy);
        return call;
    }

    private @Nullable Call unreserved(
            PoolRef pool, CarrierMessage.Start start, Dialect.Coding coding, TwilioLine line, EventLoop home) {
        CallIdentity identity = new CallIdentity(
                CallIds.mint(),
                pool,
                Direction.DIRECTION_INBOUND,
                CARRIER,
                start.account(),
                start.callId(),
                Party.masked(start.parameters().getOrDefault("from", "")),
                desk.time().millis());
        LOG.infof(
                "call %s: comes in for %s/%s without a webhook",
                identity.callId(), pool.getNamespace(), pool.getName());
        if (cannotTake(identity)) {
            return null;
        }
        Call call = call(
                identity,
                request(
                        identity,
                        1,
                        OfferKind.OFFER_KIND_LIVE,
                        coding,
                        desk.settings().offerExpiry(),
                        start.parameters(),
                        false),
                coding,
                line,
                home);
        call.begin();
        return call;
    }

    private Call call(
            CallIdentity identity, BindRequest request, Dialect.Coding coding, TwilioLine line, EventLoop home) {
        line.onClose(step -> nextSteps.put(identity.callId(), step));
        CarrierLine wire = coding == Dialect.Coding.OPUS_16000 ? new OpusLine(line) : line;
        return new Call(desk, identity, wire, home, request, TwilioCalls.shape(coding), coding);
    }

    private BindRequest request(
            CallIdentity identity,
            int attempt,
            OfferKind kind,
            Dialect.Coding coding,
            Duration expiry,
            Map<String, String> variables,
            boolean transfers) {
        return TwilioCalls.request(
                identity.callId(),
                attempt,
                identity.pool(),
                kind,
                coding,
                variables,
                transfers,
                settings.webhookLimit(),
                expiry,
                desk.settings());
    }

    // What is next.

    private void next(RoutingContext ctx, boolean dev) {
        PoolRef pool = poolOf(ctx);
        if (pool == null || !authentic(ctx, dev, false)) {
            return;
        }
        // The call may have outlived its token; that it is ours is enough here.
        PathToken token = PathToken.verify(
                key, pool.getNamespace(), pool.getName(), String.valueOf(ctx.pathParam("token")), Long.MIN_VALUE);
        NextStep step = token == null ? null : nextSteps.take(token.callId());
        switch (step) {
            case NextStep.Dial dial -> xml(ctx, TwiML.dial(dial.number()));
            case NextStep.HangUp hangUp -> xml(ctx, TwiML.hangUp());
            case null -> xml(ctx, TwiML.hangUp());
        }
    }

    // Common.

    private @Nullable PoolRef poolOf(RoutingContext ctx) {
        String namespace = String.valueOf(ctx.pathParam("namespace"));
        String pool = String.valueOf(ctx.pathParam("pool"));
        if (!NAME.matcher(namespace).matches() || !NAME.matcher(pool).matches()) {
            ctx.response().setStatusCode(404).end();
            return null;
        }
        return PoolRef.newBuilder().setNamespace(namespace).setName(pool).build();
    }

    private boolean authentic(RoutingContext ctx, boolean dev, boolean upgrade) {
        if (dev) {
            return true;
        }
        if (settings.publicUrl() == null) {
            ctx.response().setStatusCode(503).end("dialplane.gateway.twilio.public-url is not set");
            return false;
        }
        String signature = ctx.request().getHeader("X-Twilio-Signature");
        String url = baseOf(ctx, false) + ctx.request().uri();
        Map<String, List<String>> parameters = new TreeMap<>();
        if (!upgrade) {
            ctx.request()
                    .formAttributes()
                    .names()
                    .forEach(n ->
                            parameters.put(n, ctx.request().formAttributes().getAll(n)));
        }
        List<String> tokens = authTokens.current();
        boolean matches = TwilioSignature.matches(tokens, url, parameters, signature)
                || upgrade
                        && TwilioSignature.matches(
                                tokens, "ws" + url.substring("http".length()), parameters, signature);
        if (!matches) {
            desk.metrics().carrierFault(CARRIER, "bad_signature");
            ctx.response().setStatusCode(403).end("X-Twilio-Signature does not match");
        }
        return matches;
    }

    private String baseOf(RoutingContext ctx, boolean dev) {
        String base = dev || settings.publicUrl() == null
                ? "http://" + ctx.request().authority()
                : settings.publicUrl().toString();
        return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    private static String textOf(MultiMap form, String name) {
        String text = form.get(name);
        return text == null ? "" : text.length() > 128 ? text.substring(0, 128) : text;
    }

    private static void xml(RoutingContext ctx, String document) {
        ctx.response().putHeader("Content-Type", TwiML.TYPE).end(document);
    }
}
