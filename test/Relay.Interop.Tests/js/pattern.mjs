// Bytes anybody can make again from a seed: long payloads are named on the control channel, not sent over it.
import { createHash } from 'node:crypto'

const blockLength = 65536

// Yields `length` bytes in blocks: xorshift32, each state as four bytes, low byte first.
export function * pattern (length, seed = 1) {
  let state = seed >>> 0 || 1
  for (let left = length; left > 0; left -= blockLength) {
    const words = new DataView(new ArrayBuffer(blockLength))
    for (let i = 0; i < blockLength; i += 4) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      words.setInt32(i, state, true)
    }
    yield new Uint8Array(words.buffer, 0, Math.min(left, blockLength))
  }
}

export const sha256 = () => createHash('sha256')
