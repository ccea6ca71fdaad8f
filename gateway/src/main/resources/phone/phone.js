import { codec } from "./codecs.js";
import { Line, hex } from "./line.js";

const SHOWN_SECONDS = 30;
const SPEECH_LEVEL = 600;

const byId = (id) => document.getElementById(id);
const state = byId("state");
const transcript = byId("transcript");
let call = null;

function say(text) {
  state.textContent = text;
}

async function loadPools() {
  const pools = await (await fetch("pools")).json();
  byId("pool").replaceChildren(...pools.map((name) => new Option(name, name)));
  if (!pools.length) say("No pool is known here yet. Apply one, and reload.");
}

// One call from its first ring to its last word.
class Conversation {
  constructor(pool) {
    this.pool = pool;
    this.callSid = "CA" + hex(16);
    this.you = [];
    this.agent = [];
    this.responses = [];
    this.interruptions = 0;
  }

  async begin() {
    say("Asking for the microphone …");
    this.context = new AudioContext();
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    await this.context.audioWorklet.addModule("microphone.js");
    this.watch();
    say("Calling …");
    this.codec = await codec(new URLSearchParams(location.search).get("codec"));
    this.line = new Line(this.context, this.codec, this.pool, this.callSid, {
      opened: () => this.opened(),
      heard: (at, seconds) => this.agent.push([at, at + seconds]),
      cleared: (at) => this.cut(at),
      ended: () => this.end("The call has ended."),
    });
  }

  opened() {
    this.began = this.context.currentTime;
    const microphone = new AudioWorkletNode(this.context, "microphone", {
      numberOfOutputs: 0,
      processorOptions: { rate: this.codec.rate },
    });
    microphone.port.onmessage = (message) => this.spoken(message.data);
    this.context.createMediaStreamSource(this.stream).connect(microphone);
    this.draw();
  }

  spoken(samples) {
    this.line.speak(samples);
    const now = this.context.currentTime;
    if (samples.some((sample) => Math.abs(sample) > SPEECH_LEVEL)) this.you.push([now - 0.02, now]);
  }

  // What was to be heard after this moment was not.
  cut(at) {
    this.agent = this.agent.filter(([from]) => from < at).map(([from, to]) => [from, Math.min(to, at)]);
  }

  watch() {
    this.events = new EventSource(`calls/${this.callSid}`);
    const on = (type, take) =>
      this.events.addEventListener(`dev.dialplane.call.${type}`, (event) => take(JSON.parse(event.data)));
    on("answered", () => say("Connected."));
    on("partial", (data) => this.partial(data.event));
    on("turn", (data) => this.turn(data.event, data));
    on("moved", () => say("Another agent has taken over."));
    on("ended", (data) => this.end(`The call has ended: ${data.cause}.`));
  }

  partial(event) {
    if (event.partialTranscript) {
      this.hint ??= transcript.appendChild(Object.assign(document.createElement("li"), { className: "partial" }));
      this.hint.textContent = event.partialTranscript.text;
      this.hint.scrollIntoView({ block: "nearest" });
    }
  }

  turn(event) {
    if (event.callerTurn) this.add("caller", event.callerTurn.text);
    if (event.interrupted) this.interruptions++;
    const response = event.agentSpeechStarted?.response;
    if (response) {
      const part = (name, label) => (response[name] ? `${label} ${Math.round(response[name])}` : "");
      const parts = [part("silenceMs", "silence"), part("sttMs", "hearing"), part("llmMs", "thinking"), part("ttsMs", "voice")];
      this.responses.push(response.totalMs ?? 0);
      this.note = `answered after ${Math.round(response.totalMs ?? 0)} ms: ${parts.filter(Boolean).join(", ")}`;
    }
    if (event.agentTurn) {
      const { text = "", heardText = "", interrupted } = event.agentTurn;
      const item = this.add("speaker", interrupted ? heardText : text);
      if (interrupted && text.length > heardText.length) {
        const rest = document.createElement("span");
        rest.className = "unheard";
        rest.textContent = text.slice(heardText.length);
        item.append(" ", rest);
      }
      if (this.note) {
        item.append(Object.assign(document.createElement("small"), { textContent: this.note }));
        this.note = null;
      }
    }
  }

  add(who, text) {
    this.hint?.remove();
    this.hint = null;
    const item = document.createElement("li");
    item.className = who;
    item.textContent = text;
    transcript.append(item);
    item.scrollIntoView({ block: "nearest" });
    return item;
  }

  draw() {
    if (this.over) return;
    const canvas = byId("timeline");
    const pen = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const now = this.context.currentTime;
    const from = Math.max(this.began, now - SHOWN_SECONDS);
    const x = (seconds) => ((seconds - from) / SHOWN_SECONDS) * canvas.width;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = getComputedStyle(canvas).color;
    pen.globalAlpha = 0.15;
    for (let second = Math.ceil(from - this.began); second <= now - this.began; second++) {
      pen.fillRect(x(this.began + second), 0, 1, canvas.height);
    }
    pen.globalAlpha = 1;
    const lane = (spans, color, y) => {
      pen.fillStyle = style.getPropertyValue(color);
      for (const [start, end] of spans) {
        if (end > from && start < now) pen.fillRect(x(Math.max(start, from)), y, x(Math.min(end, now)) - x(Math.max(start, from)) + 1, 34);
      }
    };
    lane(this.you, "--you", 12);
    lane(this.agent, "--agent", 64);
    const sorted = [...this.responses].sort((a, b) => a - b);
    byId("figures").textContent =
      (sorted.length ? `· median response ${Math.round(sorted[sorted.length >> 1])} ms ` : "") +
      (this.interruptions ? `· ${this.interruptions} ${this.interruptions === 1 ? "interruption" : "interruptions"}` : "");
    requestAnimationFrame(() => this.draw());
  }

  end(why) {
    if (this.over) {
      if (why.includes(":")) say(why);
      return;
    }
    this.over = true;
    this.line?.hangUp();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    // The record of the end comes a moment after the line has closed.
    setTimeout(() => this.events?.close(), 3000);
    say(why);
    idle();
  }
}

function idle() {
  call = null;
  byId("call").disabled = false;
  byId("hangup").disabled = true;
  keys.forEach((key) => (key.disabled = true));
}

byId("dial").addEventListener("submit", async (event) => {
  event.preventDefault();
  transcript.replaceChildren();
  byId("call").disabled = true;
  byId("hangup").disabled = false;
  keys.forEach((key) => (key.disabled = false));
  call = new Conversation(byId("pool").value);
  try {
    await call.begin();
  } catch (failure) {
    call.end(failure.name === "NotAllowedError" ? "The browser does not let this page use the microphone." : String(failure));
  }
});
byId("hangup").addEventListener("click", () => call?.end("You hung up."));
document.addEventListener("keydown", (event) => {
  if (!call || event.target.tagName === "SELECT") return;
  if (event.key === "Escape") call.end("You hung up.");
  else if (/^[0-9*#]$/.test(event.key)) call.line?.press(event.key);
});
const keys = [..."123456789*0#"].map((digit) => {
  const key = Object.assign(document.createElement("button"), { type: "button", textContent: digit, disabled: true });
  key.addEventListener("click", () => call?.line?.press(digit));
  byId("keypad").append(key);
  return key;
});
loadPools();
