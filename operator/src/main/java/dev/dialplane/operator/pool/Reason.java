package dev.dialplane.operator.pool;

/** Why a condition of a pool is as it is: every word that programs may rely on. */
public enum Reason {
    /** Ready: enough agents are idle or in calls. */
    AgentsReady,
    /** Not Ready: agents start. */
    AgentsStarting,
    /** Not Ready: no gateway is attached, and only gateways prepare agents. */
    NoGateway,
    /** Not Ready: agents run, but cannot be prepared. */
    NotPrepared,
    /** Not Ready: the pool is to have no agents. */
    NoAgentsWanted,

    /** Progressing: agents are added. */
    ScalingUp,
    /** Progressing: agents leave. */
    ScalingDown,
    /** Progressing: the newest revision is tried on a share of the calls. */
    CanaryRuns,
    /** Progressing: agents of an older revision, or worn out, are replaced. */
    Replacing,
    /** Not Progressing: there is what there should be. */
    Stable,

    /** Degraded and not Progressing: agents of the newest revision fail, so older ones stay. */
    RolloutPaused,
    /** Degraded and not Progressing: the calls of a canary went worse, so older agents stay. */
    CanaryTakenBack,

    /** Degraded and not Progressing: this cluster does not allow what spec.runtime asks for. */
    RuntimeNotAllowed,

    /** Degraded: an answer, the greeting or the instructions name what does not exist. */
    InvalidAnswer,
    /** Degraded: inference does not have a model that the pool names. */
    UnknownModel,
    /** Degraded: a floor's schedule or time zone does not exist. */
    InvalidSchedule,
    /** Degraded: new pods end before they are ready. */
    AgentsFail,
    /** Degraded: no node takes the pool's pods. */
    Unschedulable,
    /** Degraded: the namespace has as many pods as it should. */
    NamespaceFull,
    /** Degraded: inference does not answer. */
    InferenceSilent,
    /** Degraded: the API server refuses the pool's pods. */
    PodsRefused,
    /** Degraded: the pool wants recordings, and gateways have nowhere to keep them where it allows that. */
    RecordingImpossible,
    /** Not Degraded. */
    AsExpected
}
