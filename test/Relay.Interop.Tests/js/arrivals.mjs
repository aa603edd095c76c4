// What came, by name, first in first out, for those who wait for it.
export class Arrivals {
  #queues = new Map()

  add (name, item) {
    const queue = this.#queue(name)
    const waiter = queue.waiters.shift()
    if (waiter == null) {
      queue.items.push(item)
    } else {
      waiter.resolve(item)
    }
  }

  async take (name, signal) {
    const queue = this.#queue(name)
    if (queue.items.length > 0) {
      return queue.items.shift()
    }
    const waiter = Promise.withResolvers()
    queue.waiters.push(waiter)
    const giveUp = () => {
      queue.waiters = queue.waiters.filter(other => other !== waiter)
      waiter.reject(signal.reason)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await waiter.promise
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  #queue (name) {
    if (!this.#queues.has(name)) {
      this.#queues.set(name, { items: [], waiters: [] })
    }
    return this.#queues.get(name)
  }
}
