// The carrier's side of a call: frames of µ-law over a media socket, played in order, cleared, and acknowledged by marks.
const RATE = 8000;
const FRAME_MS = 20;
// Played this long after it came, so that frames which come unevenly are heard evenly.
const AHEAD_SECONDS = 0.06;

const DECODED = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);
  return ((bits & 0x80 ? 0x84 - magnitude : magnitude - 0x84)) / 32768;
});

// ITU-T G.711, µ-law.
export function encode(samples) {
  const coded = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const sign = samples[i] < 0 ? 0x80 : 0;
    const magnitude = Math.min(Math.abs(samples[i]), 32635) + 0x84;
    let exponent = 7;
    for (let mask = 0x4000; exponent > 0 && !(magnitude & mask); mask >>= 1) exponent--;
    coded[i] = ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
  }
  return coded;
}

export const hex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

// One call. `heard(startSeconds, seconds)` tells when the agent is audible, in the audio context's time.
export class Line {
  constructor(context, pool, callSid, { opened, heard, cleared, ended }) {
    this.context = context;
    this.callSid = callSid;
    this.accountSid = "AC" + "0".repeat(32);
    this.streamSid = "MZ" + hex(16);
    this.listener = { opened, heard, cleared, ended };
    this.sequence = 0;
    this.chunk = 0;
    this.playing = new Set();
    this.marks = [];
    this.playedUntil = 0;
    this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/twilio/${pool}`);
    this.socket.onopen = () => this.open();
    this.socket.onmessage = (message) => this.take(JSON.parse(message.data));
    this.socket.onclose = () => this.closed();
  }

  open() {
    this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.send("start", {
      start: {
        accountSid: this.accountSid,
        streamSid: this.streamSid,
        callSid: this.callSid,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: RATE, channels: 1 },
        customParameters: {},
      },
    });
    this.listener.opened();
  }

  send(event, fields) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(
        JSON.stringify({ event, sequenceNumber: String(++this.sequence), streamSid: this.streamSid, ...fields }),
      );
    }
  }

  speak(samples) {
    const payload = btoa(String.fromCharCode(...encode(samples)));
    const timestamp = String(this.chunk * FRAME_MS);
    this.send("media", { media: { track: "inbound", chunk: String(++this.chunk), timestamp, payload } });
  }

  press(digit) {
    this.send("dtmf", { dtmf: { track: "inbound_track", digit } });
  }

  hangUp() {
    this.send("stop", { stop: { accountSid: this.accountSid, callSid: this.callSid } });
    this.socket.close();
  }

  take(message) {
    switch (message.event) {
      case "media":
        this.play(Uint8Array.from(atob(message.media.payload), (c) => c.charCodeAt(0)));
        break;
      case "mark":
        this.marks.push({ name: message.mark.name, at: this.playedUntil });
        this.acknowledge();
        break;
      case "clear":
        this.playing.forEach((source) => source.stop());
        this.playing.clear();
        this.playedUntil = 0;
        this.marks.splice(0).forEach((mark) => this.echo(mark));
        this.listener.cleared(this.context.currentTime);
        break;
    }
  }

  play(coded) {
    const buffer = this.context.createBuffer(1, coded.length, RATE);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < coded.length; i++) samples[i] = DECODED[coded[i]];
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    const at = Math.max(this.playedUntil, this.context.currentTime + AHEAD_SECONDS);
    source.start(at);
    this.playing.add(source);
    source.onended = () => this.playing.delete(source);
    this.playedUntil = at + buffer.duration;
    if (samples.some((sample) => Math.abs(sample) > 0.01)) this.listener.heard(at, buffer.duration);
  }

  // Marks go back once what came before them has been played.
  acknowledge() {
    while (this.marks.length && this.marks[0].at <= this.context.currentTime) this.echo(this.marks.shift());
    if (this.marks.length) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.acknowledge(), (this.marks[0].at - this.context.currentTime) * 1000 + 2);
    }
  }

  echo(mark) {
    this.send("mark", { mark: { name: mark.name } });
  }

  closed() {
    clearTimeout(this.timer);
    this.listener.ended();
  }
}
