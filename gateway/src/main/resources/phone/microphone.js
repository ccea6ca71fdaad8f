// An audio worklet: what the microphone hears, as frames of 20 ms at the line's rate (Int16Array), whatever rate it has.
class Microphone extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate } }) {
    super();
    this.step = sampleRate / rate;
    // A windowed sinc below 0.45 of the new rate, so that nothing above half of it folds back into speech.
    const half = Math.ceil(8 * this.step);
    const cutoff = (0.45 * rate) / sampleRate;
    this.taps = new Float32Array(2 * half + 1);
    let sum = 0;
    for (let i = -half; i <= half; i++) {
      const sinc = i === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * i) / (Math.PI * i);
      const window = 0.54 + 0.46 * Math.cos((Math.PI * i) / half);
      this.taps[i + half] = sinc * window;
      sum += this.taps[i + half];
    }
    this.taps = this.taps.map((tap) => tap / sum);
    this.history = new Float32Array(this.taps.length + 256);
    this.filled = 0;
    this.next = 0;
    this.frame = new Int16Array(rate / 50);
    this.count = 0;
  }

  process(inputs) {
    const input = inputs[0][0] ?? new Float32Array(128);
    this.history.set(input, this.filled);
    this.filled += input.length;
    while (this.next + this.taps.length < this.filled) {
      const at = Math.floor(this.next);
      const between = this.next - at;
      const value = this.filtered(at);
      this.push(between ? value + between * (this.filtered(at + 1) - value) : value);
      this.next += this.step;
    }
    const used = Math.min(Math.floor(this.next), this.filled);
    this.history.copyWithin(0, used, this.filled);
    this.filled -= used;
    this.next -= used;
    return true;
  }

  filtered(at) {
    let value = 0;
    for (let i = 0; i < this.taps.length; i++) value += this.history[at + i] * this.taps[i];
    return value;
  }

  push(value) {
    this.frame[this.count++] = Math.max(-32768, Math.min(32767, Math.round(value * 32767)));
    if (this.count === this.frame.length) {
      this.port.postMessage(this.frame.slice());
      this.count = 0;
    }
  }
}

registerProcessor("microphone", Microphone);
