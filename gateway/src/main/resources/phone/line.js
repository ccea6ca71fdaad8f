// The carrier's side of a call: frames of 20 ms over a media socket, played in order, cleared, and acknowledged by marks.
const FRAME_MS = 20;
// Played this long after it came, so that frames which come unevenly are heard evenly.
const AHEAD_SECONDS = 0.06;

export const hex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");

// One call. `heard(startSeconds, seconds)` tells when the agent is audible, in the audio context's time.
export class Line {
  constructor(context, codec, pool, callSid, { opened, heard, cleared, ended }) {
    this.context = context;
    this.codec = codec;
    this.callSid = callSid;
    this.accountSid = "AC" + "0".repeat(32);
    this.streamSid = "MZ" + hex(16);
    this.listener = { opened, heard, cleared, ended };
    this.sequence = 0;
    this.chunk = 0;
    this.playing = new Set();
    this.marks = [];
    // Packets that came, and those of them that are played or thrown away: a mark waits for the packets before it.
    this.came = 0;
    this.done = 0;
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
        mediaFormat: { encoding: this.codec.encoding, sampleRate: this.codec.rate, channels: 1 },
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
    this.codec.speak(samples, (packet) => {
      const payload = btoa(String.fromCharCode(...packet));
      const timestamp = String(this.chunk * FRAME_MS);
      this.send("media", { media: { track: "inbound", chunk: String(++this.chunk), timestamp, payload } });
    });
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
      case "media": {
        const packet = Uint8Array.from(atob(message.media.payload), (c) => c.charCodeAt(0));
        this.came++;
        this.codec.hear(packet, (samples, rate) => this.play(samples, rate));
        break;
      }
      case "mark":
        this.marks.push({ name: message.mark.name, after: this.came, at: Infinity });
        this.acknowledge();
        break;
      case "clear":
        this.codec.clear();
        this.done = this.came;
        this.playing.forEach((source) => source.stop());
        this.playing.clear();
        this.playedUntil = 0;
        this.marks.splice(0).forEach((mark) => this.echo(mark));
        this.listener.cleared(this.context.currentTime);
        break;
    }
  }

  play(samples, rate) {
    const buffer = this.context.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(samples, 0);
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    const at = Math.max(this.playedUntil, this.context.currentTime + AHEAD_SECONDS);
    source.start(at);
    this.playing.add(source);
    source.onended = () => this.playing.delete(source);
    this.playedUntil = at + buffer.duration;
    this.done++;
    this.acknowledge();
    if (samples.some((sample) => Math.abs(sample) > 0.01)) this.listener.heard(at, buffer.duration);
  }

  // Marks go back once what came before them has been played.
  acknowledge() {
    for (const mark of this.marks) {
      if (mark.at === Infinity && mark.after <= this.done) mark.at = this.playedUntil;
    }
    while (this.marks.length && this.marks[0].at <= this.context.currentTime) this.echo(this.marks.shift());
    clearTimeout(this.timer);
    if (this.marks.length && this.marks[0].at < Infinity) {
      this.timer = setTimeout(() => this.acknowledge(), (this.marks[0].at - this.context.currentTime) * 1000 + 2);
    }
  }

  echo(mark) {
    this.send("mark", { mark: { name: mark.name } });
  }

  closed() {
    clearTimeout(this.timer);
    this.codec.close();
    this.listener.ended();
  }
}
