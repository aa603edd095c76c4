// A js-libp2p relay with its limits out of the way, for comparison. Prints "listening MULTIADDR", then, for each line on standard input, the bytes of its heap in
// use. It ends when standard input closes.
import { createInterface } from 'node:readline'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

const plenty = 20_000

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux({ maxInboundStreams: plenty, maxOutboundStreams: plenty, maxEarlyStreams: plenty })],
  connectionManager: { maxConnections: plenty, inboundConnectionThreshold: plenty, maxIncomingPendingConnections: plenty },
  services: {
    identify: identify(),
    ping: ping(),
    relay: circuitRelayServer({
      maxInboundHopStreams: plenty,
      maxOutboundStopStreams: plenty,
      reservations: { maxReservations: plenty, applyDefaultLimit: false }
    })
  }
})

for (const address of node.getMultiaddrs()) {
  console.log(`listening ${address}`)
}

const lines = createInterface({ input: process.stdin })
lines.on('line', () => console.log(process.memoryUsage().heapUsed))
lines.on('close', () => process.exit(0))
