// Protobuf as it is on the wire, so that a test sees absent, doubled and unknown fields and can send what no codec would.

export function varint (value) {
  const bytes = []
  let rest = BigInt(value)
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return Uint8Array.from(bytes)
}

// Returns undefined while the number is not complete.
export function readVarint (bytes, offset = 0) {
  let value = 0n
  for (let i = 0; offset + i < bytes.length; i++) {
    if (i === 10) {
      throw new RangeError('varint is longer than ten bytes')
    }
    value |= BigInt(bytes[offset + i] & 0x7f) << BigInt(7 * i)
    if (bytes[offset + i] < 0x80) {
      return { value, length: i + 1 }
    }
  }
}

export const prefixed = bytes => Buffer.concat([varint(bytes.length), bytes])

// The fields in the order they came: { number, value }, the value a BigInt or bytes.
export function fields (bytes) {
  const found = []
  let offset = 0
  const next = () => {
    const read = readVarint(bytes, offset)
    if (read == null) {
      throw new RangeError('message ends inside a number')
    }
    offset += read.length
    return read.value
  }
  while (offset < bytes.length) {
    const key = Number(next())
    const number = key >> 3
    switch (key & 7) {
      case 0:
        found.push({ number, value: next() })
        break
      case 2: {
        const length = Number(next())
        if (length > bytes.length - offset) {
          throw new RangeError(`message ends inside field ${number}`)
        }
        found.push({ number, value: bytes.subarray(offset, offset + length) })
        offset += length
        break
      }
      default:
        throw new TypeError(`field ${number} has wire type ${key & 7}, which these messages do not use`)
    }
  }
  return found
}

export const numbers = all => all.map(field => field.number)

export const repeated = (all, wanted) => all.filter(field => field.number === wanted).map(field => field.value)

// Protobuf lets the last one win; nobody should send two, so two are an error here.
export function single (all, wanted) {
  const values = repeated(all, wanted)
  if (values.length > 1) {
    throw new RangeError(`field ${wanted} comes ${values.length} times`)
  }
  return values[0]
}

// Takes [number, value] pairs and leaves out those whose value is null or undefined.
export function message (...pairs) {
  return Buffer.concat(pairs
    .filter(([, value]) => value != null)
    .flatMap(([number, value]) => value instanceof Uint8Array
      ? [varint(number << 3 | 2), varint(value.length), value]
      : [varint(number << 3), varint(value)]))
}
