// The streams a test works on byte by byte, by handle.
import { decode, encode, hopProtocol, stopProtocol } from './circuit.mjs'
import { Inbox } from './inbox.mjs'
import { pattern, sha256 } from './pattern.mjs'
import { prefixed, readVarint } from './protobuf.mjs'
import { send } from './send.mjs'

const kinds = { [hopProtocol]: 'hop', [stopProtocol]: 'stop' }

export class StreamTable {
  #entries = new Map()
  #next = 1

  add (stream, connection) {
    const handle = this.#next++
    this.#entries.set(handle, { stream, inbox: new Inbox(stream) })
    return { handle, protocol: stream.protocol, connection: connection.id, remotePeer: connection.remotePeer.toString() }
  }

  commands = {
    'stream.write': async ({ handle, base64, length, seed }, signal) => {
      const { stream } = this.#get(handle)
      return send(stream, base64 == null ? pattern(length, seed) : [Buffer.from(base64, 'base64')], signal)
    },
    'stream.writeMessage': async ({ handle, message }, signal) => {
      const { stream } = this.#get(handle)
      return send(stream, [prefixed(encode(kinds[stream.protocol], message))], signal)
    },
    'stream.read': async ({ handle, count }, signal) => {
      const bytes = await this.#get(handle).inbox.read(count, signal)
      return { base64: Buffer.from(bytes).toString('base64') }
    },
    'stream.readMessage': async ({ handle }, signal) => {
      const { stream, inbox } = this.#get(handle)
      return decode(kinds[stream.protocol], await inbox.readMessage(readVarint, signal))
    },
    // Takes in `length` bytes, or all there are until the stream ends, and says what they were.
    'stream.digest': async ({ handle, length = Number.MAX_SAFE_INTEGER }, signal) => {
      const { inbox } = this.#get(handle)
      const hash = sha256()
      let taken = 0
      for await (const piece of inbox.pieces(length, signal)) {
        hash.update(piece)
        taken += piece.length
      }
      return { length: taken, sha256: hash.digest('hex'), end: inbox.end }
    },
    'stream.closeWrite': async ({ handle }, signal) => this.#get(handle).stream.close({ signal }),
    'stream.reset': ({ handle }) => this.#get(handle).stream.abort(new Error('reset by the test')),
    // Waits until the stream is over in both directions.
    'stream.closed': async ({ handle }, signal) => {
      const { inbox } = this.#get(handle)
      await inbox.untilClosed(signal)
      return this.#state(handle)
    },
    'stream.state': ({ handle }) => this.#state(handle)
  }

  #get (handle) {
    const entry = this.#entries.get(handle)
    if (entry == null) {
      throw new RangeError(`there is no stream ${handle}`)
    }
    return entry
  }

  #state (handle) {
    const { stream, inbox } = this.#get(handle)
    return {
      received: inbox.received,
      unread: inbox.unread,
      end: inbox.end,
      closed: inbox.closed,
      writable: stream.writeStatus === 'writable'
    }
  }
}
