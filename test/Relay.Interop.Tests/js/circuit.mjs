// The HOP and STOP messages of circuit relay v2. Written out instead of using js-libp2p's own codec, which hides absent
// fields and rejects statuses that it does not know.
import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import * as Digest from 'multiformats/hashes/digest'
import { fields, message, numbers, repeated, single } from './protobuf.mjs'
import { openVoucher } from './voucher.mjs'

export const hopProtocol = '/libp2p/circuit/relay/0.2.0/hop'
export const stopProtocol = '/libp2p/circuit/relay/0.2.0/stop'

const layouts = {
  hop: { types: ['RESERVE', 'CONNECT', 'STATUS'], reservation: 3, limit: 4, status: 5 },
  stop: { types: ['CONNECT', 'STATUS'], limit: 3, status: 4 }
}

// { type?, peer?: { id?, addrs? }, reservation?: { expire?, addrs?, voucher? }, limit?: { duration?, data? }, status? }:
// what is not given is not sent. A type is a name or a number; a voucher is base64.
export function encode (kind, { type, peer, reservation, limit, status }) {
  const layout = layouts[kind]
  const pairs = [
    [1, typeof type === 'string' ? typeNumber(layout, type) : type],
    [2, peer && message([1, peer.id && peerIdFromString(peer.id).toMultihash().bytes], ...addresses(2, peer.addrs))]
  ]
  if (reservation != null) {
    const voucher = reservation.voucher && Buffer.from(reservation.voucher, 'base64')
    pairs.push([layout.reservation, message([1, reservation.expire], ...addresses(2, reservation.addrs), [3, voucher])])
  }
  pairs.push([layout.limit, limit && message([1, limit.duration], [2, limit.data])], [layout.status, status])
  return message(...pairs)
}

export async function decode (kind, bytes) {
  const layout = layouts[kind]
  const all = fields(bytes)
  const type = small(all, 1)
  return {
    fields: numbers(all),
    type: type == null ? null : layout.types[type] ?? `unknown type ${type}`,
    peer: decodePeer(single(all, 2)),
    reservation: layout.reservation == null ? null : await decodeReservation(single(all, layout.reservation)),
    limit: decodeLimit(single(all, layout.limit)),
    status: small(all, layout.status)
  }
}

async function decodeReservation (bytes) {
  if (bytes == null) {
    return null
  }
  const all = fields(bytes)
  const voucher = single(all, 3)
  return {
    fields: numbers(all),
    expire: large(all, 1),
    addrs: repeated(all, 2).map(address => multiaddr(address).toString()),
    voucher: voucher == null ? null : await openVoucher(voucher)
  }
}

function decodePeer (bytes) {
  if (bytes == null) {
    return null
  }
  const all = fields(bytes)
  const id = single(all, 1)
  return {
    id: id == null ? null : peerIdFromMultihash(Digest.decode(id)).toString(),
    addrs: repeated(all, 2).map(address => multiaddr(address).toString())
  }
}

function decodeLimit (bytes) {
  if (bytes == null) {
    return null
  }
  const all = fields(bytes)
  return { fields: numbers(all), duration: small(all, 1), data: large(all, 2) }
}

function typeNumber ({ types }, name) {
  const found = types.indexOf(name)
  if (found < 0) {
    throw new TypeError(`no type "${name}"; there are ${types.join(', ')}`)
  }
  return found
}

const addresses = (number, texts = []) => texts.map(text => [number, multiaddr(text).bytes])
const small = (all, wanted) => { const value = single(all, wanted); return value == null ? null : Number(value) }
const large = (all, wanted) => single(all, wanted)?.toString() ?? null // text: JSON has no 64-bit numbers
