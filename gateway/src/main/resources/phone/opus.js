// Opus by the browser's own codec (WebCodecs), packets of 20 ms.
const RATE = 16000;
const FRAME_US = 20000;
const ENCODER = {
  codec: "opus",
  sampleRate: RATE,
  numberOfChannels: 1,
  bitrate: 24000,
  opus: { application: "voip", frameDuration: FRAME_US, useinbandfec: true, packetlossperc: 5 },
};
const DECODER = { codec: "opus", sampleRate: 48000, numberOfChannels: 1 };

// Whether this browser can do all of it.
export async function hasOpus() {
  if (!globalThis.AudioEncoder || !globalThis.AudioDecoder) return false;
  const able = await Promise.all([AudioEncoder.isConfigSupported(ENCODER), AudioDecoder.isConfigSupported(DECODER)]);
  return able.every((each) => each.supported);
}

export class Opus {
  encoding = "audio/opus";
  rate = RATE;

  constructor() {
    this.spoken = 0;
    this.heard = 0;
    this.encoder = new AudioEncoder({ output: (chunk) => this.encoded(chunk), error: (failure) => console.error(failure) });
    this.encoder.configure(ENCODER);
    this.decoder = new AudioDecoder({ output: (data) => this.decoded(data), error: (failure) => console.error(failure) });
    this.decoder.configure(DECODER);
  }

  speak(samples, send) {
    this.send = send;
    const data = new AudioData({
      format: "s16",
      sampleRate: RATE,
      numberOfFrames: samples.length,
      numberOfChannels: 1,
      timestamp: this.spoken++ * FRAME_US,
      data: samples,
    });
    this.encoder.encode(data);
    data.close();
  }

  encoded(chunk) {
    const packet = new Uint8Array(chunk.byteLength);
    chunk.copyTo(packet);
    this.send(packet);
  }

  hear(packet, play) {
    this.play = play;
    this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: this.heard++ * FRAME_US, data: packet }));
  }

  decoded(data) {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    this.play(samples, data.sampleRate);
    data.close();
  }

  // Nothing that came before is heard any more.
  clear() {
    this.decoder.reset();
    this.decoder.configure(DECODER);
  }

  close() {
    if (this.encoder.state !== "closed") this.encoder.close();
    if (this.decoder.state !== "closed") this.decoder.close();
  }
}
