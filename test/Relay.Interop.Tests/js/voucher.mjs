// Reservation vouchers: opened with js-libp2p's own signed envelopes, and sealed, so that a test can play a relay that lies.
import { peerIdFromMultihash, peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import * as Digest from 'multiformats/hashes/digest'
import { fields, message, numbers, single } from './protobuf.mjs'

const domain = 'libp2p-relay-rsvp'
const payloadType = '0302'

export async function openVoucher (bytes) {
  const envelope = RecordEnvelope.createFromProtobuf(bytes)
  const payload = fields(envelope.payload)
  return {
    fields: numbers(fields(bytes)),
    signer: peerIdFromPublicKey(envelope.publicKey).toString(),
    payloadType: Buffer.from(envelope.payloadType).toString('hex'),
    signatureValid: await envelope.validate(domain),
    payloadFields: numbers(payload),
    relay: peerText(single(payload, 1)),
    peer: peerText(single(payload, 2)),
    expiration: single(payload, 3)?.toString() ?? null
  }
}

// Returns base64. What is not said is as it should be.
export async function sealVoucher (privateKey, { relay, peer, expiration, ...lies }) {
  const payload = message([1, peerBytes(relay)], [2, peerBytes(peer)], [3, expiration])
  const envelope = await RecordEnvelope.seal({
    domain: lies.domain ?? domain,
    codec: Buffer.from(lies.payloadType ?? payloadType, 'hex'),
    marshal: () => payload
  }, privateKey)
  return Buffer.from(envelope.marshal()).toString('base64')
}

const peerText = bytes => bytes == null ? null : peerIdFromMultihash(Digest.decode(bytes)).toString()
const peerBytes = text => peerIdFromString(text).toMultihash().bytes
