// The libp2p node of this process, and the commands on it.
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { Arrivals } from './arrivals.mjs'
import { echo, serveEcho } from './echo.mjs'
import { sealVoucher } from './voucher.mjs'

export class Node {
  #libp2p
  #key
  #streams
  #emit
  #arrivals = new Arrivals()
  #echoes = new Arrivals()

  constructor (streams, emit) {
    this.#streams = streams
    this.#emit = emit
  }

  commands = {
    start: async options => this.#start(options),
    stop: async () => this.#libp2p.stop(),
    addresses: () => this.#addresses(),

    // Listens on one more address, a relay's among them; fails as js-libp2p fails.
    listen: async ({ address }) => {
      await this.#libp2p.components.transportManager.listen([multiaddr(address)])
      return this.#addresses()
    },
    dial: async ({ address }, signal) => describe(await this.#libp2p.dial(multiaddr(address), { signal })),
    connections: () => ({ connections: this.#libp2p.getConnections().map(describe) }),
    closeConnection: async ({ connection }, signal) => this.#connection(connection).close({ signal }),
    abort: ({ peer }) => {
      this.#libp2p.getConnections(peerIdFromString(peer)).forEach(connection => connection.abort(new Error('aborted by the test')))
    },
    hangUp: async ({ peer }, signal) => this.#libp2p.hangUp(peerIdFromString(peer), { signal }),

    // Asks the other end anew, on a stream of its own.
    identify: async ({ connection }, signal) => {
      const found = await this.#libp2p.services.identify.identify(this.#connection(connection), { signal })
      return {
        peer: found.peerId.toString(),
        protocolVersion: found.protocolVersion,
        agentVersion: found.agentVersion,
        protocols: found.protocols,
        listenAddrs: found.listenAddrs.map(String),
        observedAddr: found.observedAddr?.toString(),
        signedAddrs: found.signedPeerRecord?.addresses.map(String)
      }
    },
    ping: async ({ peer }, signal) => {
      const target = peer.startsWith('/') ? multiaddr(peer) : peerIdFromString(peer)
      return { milliseconds: await this.#libp2p.services.ping.ping(target, { signal }) }
    },

    openStream: async ({ connection, protocol }, signal) => {
      const found = this.#connection(connection)
      const stream = await found.newStream(protocol, { signal, runOnLimitedConnection: true, maxOutboundStreams: Infinity })
      return this.#streams.add(stream, found)
    },

    // From now on the streams of a protocol wait for `acceptStream`, whoever handled them before.
    takeOver: async ({ protocol }) => {
      await this.#libp2p.unhandle(protocol)
      await this.#libp2p.handle(protocol, (stream, connection) => {
        this.#arrivals.add(protocol, this.#streams.add(stream, connection))
      }, handling)
    },
    acceptStream: async ({ protocol }, signal) => this.#arrivals.take(protocol, signal),

    serveEcho: async ({ protocol }) => this.#libp2p.handle(protocol, async (stream, { remotePeer }) => {
      this.#echoes.add(protocol, { ...await serveEcho(stream), remotePeer: remotePeer.toString() })
    }, handling),
    // What an echo server took in on the next stream that ended.
    echoed: async ({ protocol }, signal) => this.#echoes.take(protocol, signal),
    echo: async ({ connection, protocol, length, seed }, signal) => {
      const stream = await this.#connection(connection).newStream(protocol, { signal, runOnLimitedConnection: true })
      return echo(stream, length, seed, signal)
    },

    sealVoucher: async fields => ({ voucher: await sealVoucher(this.#key, fields) })
  }

  async #start ({ seed, listen = [], relay, pingInterval }) {
    this.#key = seed == null
      ? await generateKeyPair('Ed25519')
      : await generateKeyPairFromSeed('Ed25519', Buffer.from(seed, 'base64'))
    const services = { identify: identify(several), identifyPush: identifyPush(several), ping: ping(several) }
    if (relay != null) {
      services.relay = circuitRelayServer(relayInit(relay))
    }
    this.#libp2p = await createLibp2p({
      privateKey: this.#key,
      addresses: { listen },
      transports: [tcp(), circuitRelayTransport({ reservationCompletionTimeout: patience })],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux({ streamOptions })],
      connectionGater: gater(relay?.denied),
      connectionManager,
      connectionMonitor: { pingInterval, pingTimeout: { minTimeout: patience } },
      services,
      start: false
    })
    this.#report()
    await this.#libp2p.start()
    return this.#addresses()
  }

  #report () {
    this.#libp2p.addEventListener('connection:open', ({ detail }) => this.#emit('connection:open', describe(detail)))
    this.#libp2p.addEventListener('connection:close', ({ detail }) => this.#emit('connection:close', describe(detail)))
    this.#libp2p.addEventListener('peer:update', ({ detail: { peer } }) => {
      this.#emit('peer:update', { peer: peer.id.toString(), protocols: peer.protocols, addresses: peer.addresses.map(({ multiaddr }) => multiaddr.toString()) })
    })
    let announced = []
    this.#libp2p.addEventListener('self:peer:update', () => {
      const own = this.#addresses()
      if (own.addresses.join() !== announced.join()) {
        announced = own.addresses
        this.#emit('self:peer:update', own)
      }
    })
  }

  #addresses () {
    return { peerId: this.#libp2p.peerId.toString(), addresses: this.#libp2p.getMultiaddrs().map(String) }
  }

  #connection (id) {
    const found = this.#libp2p.getConnections().find(connection => connection.id === id)
    if (found == null) {
      throw new RangeError(`there is no connection ${id}`)
    }
    return found
  }
}

// Longer than the defaults, some of which a busy test machine runs into; commands have their own deadlines.
const patience = 20_000

// By default one stream out: the test's own identify or ping would fail, or make js-libp2p's heartbeat fail, when they meet.
const several = { maxInboundStreams: 16, maxOutboundStreams: 16, timeout: patience }

// By default a reader that pauses aborts its stream at 4 MiB, and its window lets the other end send 16.
const streamOptions = { maxReadBufferLength: 64 << 20 }

const connectionManager = {
  // The defaults are five new connections a second from one address, which on loopback are all the tests.
  inboundConnectionThreshold: 1000,
  maxIncomingPendingConnections: 100,
  dialTimeout: patience,
  addressDialTimeout: patience,
  inboundUpgradeTimeout: patience,
  inboundStreamProtocolNegotiationTimeout: patience,
  outboundStreamProtocolNegotiationTimeout: patience
}

const handling = { runOnLimitedConnection: true, maxInboundStreams: Infinity, maxOutboundStreams: Infinity }

function relayInit ({ hopTimeout, maxReservations, reservationTtl, limited = true, dataLimit, durationLimit }) {
  return {
    hopTimeout,
    reservations: {
      maxReservations,
      reservationTtl,
      applyDefaultLimit: limited,
      defaultDataLimit: dataLimit == null ? undefined : BigInt(dataLimit),
      defaultDurationLimit: durationLimit
    }
  }
}

// Loopback and private addresses may be dialed; peers in the list may not reserve.
function gater (denied = []) {
  return {
    denyDialMultiaddr: () => false,
    denyInboundRelayReservation: peer => denied.includes(peer.toString())
  }
}

function describe (connection) {
  return {
    id: connection.id,
    remotePeer: connection.remotePeer.toString(),
    remoteAddr: connection.remoteAddr.toString(),
    direction: connection.direction,
    encryption: connection.encryption,
    multiplexer: connection.multiplexer,
    limits: connection.limits == null
      ? null
      : { bytes: connection.limits.bytes?.toString() ?? null, seconds: connection.limits.seconds ?? null }
  }
}
