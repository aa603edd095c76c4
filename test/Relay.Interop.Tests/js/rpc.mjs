// Requests and replies as JSON lines. Standard output carries nothing else: what libraries print goes to standard error.
import { createInterface } from 'node:readline'

const defaultTimeout = 20_000

export class Rpc {
  #input
  #output

  constructor (input, output) {
    this.#input = input
    this.#output = output
    console.log = console.info = console.error
  }

  emit = (event, data) => this.#write({ event, data })

  serve (commands) {
    const lines = createInterface({ input: this.#input, crlfDelay: Infinity })
    lines.on('line', line => { void this.#answer(commands, line) })
    lines.on('close', () => process.exit(0))
    this.emit('ready', { node: process.version })
  }

  async #answer (commands, line) {
    const { id, command, args = {} } = JSON.parse(line)
    try {
      const run = commands[command]
      if (run == null) {
        throw new TypeError(`unknown command "${command}"`)
      }
      this.#write({ id, result: await withDeadline(command, run, args) ?? {} })
    } catch (error) {
      this.#write({ id, error: describe(error) })
    }
  }

  #write (message) {
    this.#output.write(JSON.stringify(message) + '\n')
  }
}

// Runs a command with a signal that fires at its deadline, and gives up then even where the signal is not heeded.
async function withDeadline (command, run, { timeout = defaultTimeout, ...args }) {
  const late = Promise.withResolvers()
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const error = new Error(`"${command}" did not end within ${timeout} ms`)
    error.name = 'TimeoutError'
    controller.abort(error)
    late.reject(error)
  }, timeout)
  try {
    return await Promise.race([run(args, controller.signal), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function describe (error) {
  const causes = error.errors ?? (error.cause == null ? [] : [error.cause])
  const message = [error.message, ...causes.map(cause => cause.message)].join('; ')
  return { name: error.name, message }
}
