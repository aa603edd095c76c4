// Sends back what comes, with half-close, and the client of that. Both keep a digest of what they took in.
import { Inbox } from './inbox.mjs'
import { pattern, sha256 } from './pattern.mjs'
import { send } from './send.mjs'

const never = new AbortController().signal

export async function serveEcho (stream) {
  const inbox = new Inbox(stream)
  const hash = sha256()
  for await (const piece of inbox.pieces(Infinity, never)) {
    hash.update(piece)
    await send(stream, [piece], never)
  }
  if (inbox.end === 'eof') {
    await stream.close()
  }
  return { received: inbox.received, sha256: hash.digest('hex'), end: inbox.end }
}

export async function echo (stream, length, seed, signal) {
  const inbox = new Inbox(stream)
  const hash = sha256()
  const sendAll = async () => {
    const sent = await send(stream, pattern(length, seed), signal)
    await stream.close({ signal })
    return sent
  }
  const takeAll = async () => {
    for await (const piece of inbox.pieces(Infinity, signal)) {
      hash.update(piece)
    }
  }
  const [sent] = await Promise.all([sendAll(), takeAll()])
  return {
    sent: sent.length,
    sentSha256: sent.sha256 ?? null,
    received: inbox.received,
    receivedSha256: hash.digest('hex'),
    end: inbox.end
  }
}
