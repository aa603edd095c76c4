// What one stream brought, and how it ended, kept until somebody asks. Reading is paused while much lies unread, so that
// back pressure reaches the other end.
const pauseAbove = 1 << 20

export class Inbox {
  #stream
  #chunks = []
  #length = 0
  #finished = false // the other end closed its writing side
  #wake = Promise.withResolvers()

  received = 0

  // How reading ended: "eof" (FIN), "reset" (RST), "aborted" (by this end) or "closed" (the connection went, without a word).
  end = null

  // How the stream as a whole ended: null while it is open, then "closed", "reset" or "aborted".
  closed = null

  constructor (stream) {
    this.#stream = stream
    this.#finished = stream.remoteWriteStatus === 'closed' && stream.status === 'open'
    stream.addEventListener('message', ({ data }) => this.#add(data.subarray()))
    stream.addEventListener('remoteCloseWrite', () => { this.#finished = true })
    stream.addEventListener('end', () => this.#ended())
    stream.addEventListener('close', () => { this.closed = stream.status; this.#changed() })
    if (stream.status !== 'open') {
      this.closed = stream.status
    }
    if (stream.readableEnded) {
      this.#ended()
    }
  }

  get unread () {
    return this.#length
  }

  // Exactly `count` bytes, which is little (reading may be paused above that), or an error that says how the stream ended.
  async read (count, signal) {
    if (count > pauseAbove) {
      throw new RangeError(`at most ${pauseAbove} bytes can be read in one piece`)
    }
    await this.#until(() => this.#length >= count || this.end != null, signal)
    if (this.#length < count) {
      throw this.#short(`${count} bytes`)
    }
    return this.#take(count)
  }

  // Pieces as they come, `count` bytes in all, or until the stream ended.
  async * pieces (count, signal) {
    for (let left = count; left > 0;) {
      await this.#until(() => this.#length > 0 || this.end != null, signal)
      if (this.#length === 0) {
        return
      }
      const piece = this.#take(Math.min(left, this.#chunks[0].length))
      left -= piece.length
      yield piece
    }
  }

  // `measure` says of all unread bytes how long the prefix and the message after it are, or undefined while it cannot.
  async readMessage (measure, signal) {
    let measured
    await this.#until(() => (measured = measure(this.#peek())) != null || this.end != null, signal)
    if (measured == null) {
      throw this.#short('a message')
    }
    this.#take(measured.length)
    return this.read(Number(measured.value), signal)
  }

  async untilClosed (signal) {
    await this.#until(() => this.closed != null, signal)
  }

  #add (bytes) {
    if (bytes.length === 0) {
      return
    }
    this.received += bytes.length
    this.#length += bytes.length
    this.#chunks.push(bytes)
    if (this.#length > pauseAbove && this.#stream.readStatus === 'readable') {
      this.#stream.pause()
    }
    this.#changed()
  }

  #take (count) {
    const parts = []
    for (let left = count; left > 0;) {
      const first = this.#chunks.shift()
      if (first.length > left) {
        this.#chunks.unshift(first.subarray(left))
      }
      parts.push(first.subarray(0, left))
      left -= Math.min(left, first.length)
    }
    this.#length -= count
    if (this.#length <= pauseAbove && this.#stream.readStatus === 'paused') {
      this.#stream.resume()
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts)
  }

  #peek () {
    this.#chunks = this.#chunks.length > 1 ? [Buffer.concat(this.#chunks)] : this.#chunks
    return this.#chunks[0] ?? new Uint8Array(0)
  }

  #ended () {
    const { status } = this.#stream
    this.end ??= status === 'reset' || status === 'aborted' ? status : this.#finished ? 'eof' : 'closed'
    this.#changed()
  }

  #short (wanted) {
    const error = new Error(`the stream ended (${this.end}) with ${this.#length} bytes unread, before ${wanted}`)
    error.name = 'StreamEndedError'
    return error
  }

  #changed () {
    const { resolve } = this.#wake
    this.#wake = Promise.withResolvers()
    resolve()
  }

  async #until (condition, signal) {
    const aborted = Promise.withResolvers()
    const onAbort = () => aborted.reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    try {
      signal.throwIfAborted()
      while (!condition()) {
        await Promise.race([this.#wake.promise, aborted.promise])
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}
