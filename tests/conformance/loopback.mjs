// Preloaded into the suite (NODE_OPTIONS=--import=…/loopback.mjs): what would listen on every interface listens on
// loopback instead, because nothing in a test run is meant for the network.
//
// The hook sits below Node's name lookup, in the method that makes the socket. Passing host: '127.0.0.1' to listen()
// would be simpler, but that binds asynchronously, and the suite reads its port right after listen(0).
import net from 'node:net';

const bind = net.Server.prototype._listen2;
if (typeof bind !== 'function') {
  throw new Error(`Node ${process.version} has no net.Server.prototype._listen2: loopback.mjs must be adapted.`);
}

net.Server.prototype._listen2 = function (address, port, addressType, ...rest) {
  // Pipes come with port -1 and inherited descriptors with none.
  const everyInterface = Number.isInteger(port) && port >= 0 && (!address || address === '0.0.0.0' || address === '::');
  return everyInterface ? bind.call(this, '127.0.0.1', port, 4, ...rest) : bind.call(this, address, port, addressType, ...rest);
};
