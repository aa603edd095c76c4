// One scriptable js-libp2p peer: a test writes commands to standard input, one JSON object per line,
// and reads replies and events from standard output. It ends when standard input closes.
//
//   -> {"id": 1, "command": "dial", "args": {"address": "/ip4/127.0.0.1/tcp/4001/p2p/12D3..."}}
//   <- {"id": 1, "result": {"remotePeer": "12D3...", ...}}
//   <- {"id": 2, "error": {"name": "DialError", "message": "..."}}
//   <- {"event": "connection:open", "data": {...}}
//
// Commands run concurrently; every one has a deadline ("timeout", in milliseconds).
import { Node } from './node.mjs'
import { Rpc } from './rpc.mjs'
import { StreamTable } from './streams.mjs'

const rpc = new Rpc(process.stdin, process.stdout)
const streams = new StreamTable()
const node = new Node(streams, rpc.emit)

rpc.serve({ ...node.commands, ...streams.commands })
