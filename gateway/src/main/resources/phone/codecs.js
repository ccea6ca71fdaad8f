import { Opus, hasOpus } from "./opus.js";

// How audio is written on the line. `speak` gives one packet for 20 ms of samples (Int16Array) to `send`; `hear` gives samples
// (Float32Array) and their rate to `play`, in the order of the packets.

const DECODED = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);
  return ((bits & 0x80 ? 0x84 - magnitude : magnitude - 0x84)) / 32768;
});

// ITU-T G.711, µ-law: what the phone network speaks.
class MuLaw {
  encoding = "audio/x-mulaw";
  rate = 8000;

  speak(samples, send) {
    const coded = new Uint8Array(samples.length);
    for (let i = 0; i < samples.length; i++) {
      const sign = samples[i] < 0 ? 0x80 : 0;
      const magnitude = Math.min(Math.abs(samples[i]), 32635) + 0x84;
      let exponent = 7;
      for (let mask = 0x4000; exponent > 0 && !(magnitude & mask); mask >>= 1) exponent--;
      coded[i] = ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
    }
    send(coded);
  }

  hear(coded, play) {
    play(Float32Array.from(coded, (code) => DECODED[code]), this.rate);
  }

  clear() {}

  close() {}
}

// Linear, 16 bits, little-endian: wideband, of which a recognizer understands more.
class Linear {
  encoding = "audio/l16";
  rate = 16000;

  speak(samples, send) {
    const coded = new DataView(new ArrayBuffer(2 * samples.length));
    samples.forEach((sample, i) => coded.setInt16(2 * i, sample, true));
    send(new Uint8Array(coded.buffer));
  }

  hear(coded, play) {
    const view = new DataView(coded.buffer, coded.byteOffset, coded.byteLength);
    const samples = new Float32Array(coded.length >> 1);
    for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32768;
    play(samples, this.rate);
  }

  clear() {}

  close() {}
}

// By `?codec=`: l16 unless it says pcmu, or opus and the browser has it.
export async function codec(name) {
  if (name === "pcmu") return new MuLaw();
  return name === "opus" && (await hasOpus()) ? new Opus() : new Linear();
}
