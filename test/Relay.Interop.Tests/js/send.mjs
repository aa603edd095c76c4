import { sha256 } from './pattern.mjs'

// Writes with the stream's back pressure. A stream that ends meanwhile is a result, not an error: how far it came, and why.
export async function send (stream, pieces, signal) {
  const hash = sha256()
  let sent = 0
  try {
    for (const piece of pieces) {
      hash.update(piece)
      sent += piece.length
      if (!stream.send(piece)) {
        await stream.onDrain({ signal })
      }
    }
  } catch (error) {
    if (signal.aborted) {
      throw error
    }
    return { length: sent, failed: error.name }
  }
  return { length: sent, sha256: hash.digest('hex') }
}
